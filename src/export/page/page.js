'use strict';
const facts = JSON.parse(document.getElementById('facts').textContent);
const fields = document.getElementById('fields'), answer = document.getElementById('answer'), detail = document.getElementById('detail');

function make(tag, properties = {}, ...children) {
    const e = Object.assign(document.createElement(tag), properties);
    e.append(...children);
    return e;
}

function describe(e, attributes) {
    for (const [name, value] of Object.entries(attributes))
        e.setAttribute(name, value);
    return e;
}

/* ---- pictures: arrays of levels, [height][width][channels] ---- */

/* Which old pixels make new pixel i, and the weights of the first and the last one. */
function mixOf(i, old, now) {
    const scale = old / now;
    if (old >= now) {
        const from = i * scale, to = (i + 1) * scale, first = Math.floor(from);
        const last = Math.min(i + 1 === now ? old - 1 : Math.floor(to), old - 1);
        return {first, count: last - first + 1, left: first + 1 - from, right: Math.min(to - last, 1)};
    }
    const center = (i + 0.5) * scale - 0.5, first = center < 0 ? 0 : Math.floor(center), right = center < 0 ? 0 : center - first;
    return first + 1 < old ? {first, count: 2, left: 1 - right, right} : {first, count: 1, left: 1, right: 1};
}

function weightOf(m, k) {
    return k === 0 ? (m.count === 1 ? 1 : m.left) : k === m.count - 1 ? m.right : 1;
}

/* The sums of the weights: in the order in which lngraph adds them up along rows and columns, for the same bits. */
function along(m) {
    return m.count === 1 ? 1 : m.left + Math.max(m.count - 2, 0) + m.right;
}

function down(m) {
    let sum = 0;
    for (let k = 0; k < m.count; k++)
        sum += weightOf(m, k);
    return sum;
}

function mixed(m, weights, read) {
    let sum = 0;
    for (let k = 0; k < m.count; k++)
        sum += weightOf(m, k) * read(m.first + k);
    return sum / weights;
}

/* As `lngraph predict` resizes: one axis after the other. */
function resize(p, height, width) {
    const c = p.channels, wide = new Float64Array(p.height * width * c), at = new Float64Array(height * width * c);
    for (let x = 0; x < width; x++) {
        const m = mixOf(x, p.width, width), weights = along(m);
        for (let y = 0; y < p.height; y++)
            for (let k = 0; k < c; k++)
                wide[(y * width + x) * c + k] = mixed(m, weights, i => p.at[(y * p.width + i) * c + k]);
    }
    for (let y = 0; y < height; y++) {
        const m = mixOf(y, p.height, height), weights = down(m);
        for (let i = 0; i < width * c; i++)
            at[y * width * c + i] = mixed(m, weights, row => wide[row * width * c + i]);
    }
    return {height, width, channels: c, at};
}

/* The mean of the border. */
function groundOf(p) {
    let sum = 0, count = 0;
    for (let y = 0; y < p.height; y++)
        for (let x = 0; x < p.width; x += y % (p.height - 1) === 0 ? 1 : Math.max(p.width - 1, 1))
            for (let k = 0; k < p.channels; k++, count++)
                sum += p.at[(y * p.width + x) * p.channels + k];
    return sum / count;
}

/* Where the ink is, which is what differs from the ground, and its center of mass. */
function inkOf(p, ground, faint) {
    const ink = {sum: 0, y: 0, x: 0, top: p.height, bottom: -1, left: p.width, right: -1, most: 0};
    for (let y = 0; y < p.height; y++)
        for (let x = 0; x < p.width; x++) {
            let v = 0;
            for (let k = 0; k < p.channels; k++)
                v += Math.abs(p.at[(y * p.width + x) * p.channels + k] - ground);
            ink.most = Math.max(ink.most, v);
            if (!(v > faint))
                continue;
            ink.sum += v;
            ink.y += v * y;
            ink.x += v * x;
            ink.top = Math.min(ink.top, y);
            ink.bottom = y;
            ink.left = Math.min(ink.left, x);
            ink.right = Math.max(ink.right, x);
        }
    return {...ink, y: ink.y / ink.sum, x: ink.x / ink.sum};
}

/* As `lngraph predict --center` does it, and MNIST: the ink fits a box of 20/28, its center of mass is in the middle. Null: there is no ink. */
function center(p, height, width) {
    const ground = groundOf(p), ink = inkOf(p, ground, 0.1 * inkOf(p, ground, 0).most), c = p.channels;
    if (!(ink.sum > 0))
        return null;
    const h = ink.bottom - ink.top + 1, w = ink.right - ink.left + 1, scale = 20 / 28 * Math.min(height, width) / Math.max(h, w);
    const cut = {height: h, width: w, channels: c, at: new Float64Array(h * w * c)};
    for (let y = 0; y < h; y++)
        for (let i = 0; i < w * c; i++)
            cut.at[y * w * c + i] = p.at[((y + ink.top) * p.width + ink.left) * c + i];
    const part = resize(cut, Math.max(Math.floor(h * scale + 0.5), 1), Math.max(Math.floor(w * scale + 0.5), 1));
    part.at = Float64Array.from(part.at, Math.fround);
    const mass = inkOf(part, ground, 0), top = Math.floor((height - 1) / 2 - mass.y + 0.5), left = Math.floor((width - 1) / 2 - mass.x + 0.5);
    const out = {height, width, channels: c, at: new Float64Array(height * width * c).fill(ground)};
    for (let y = Math.max(top, 0); y < Math.min(top + part.height, height); y++)
        for (let x = Math.max(left, 0); x < Math.min(left + part.width, width); x++)
            for (let k = 0; k < c; k++)
                out.at[(y * width + x) * c + k] = part.at[((y - top) * part.width + x - left) * c + k];
    return out;
}

/* To whole levels. */
function levels(p) {
    return {...p, at: p.at.map(v => Math.floor(Math.min(Math.max(v, 0), 255) + 0.5))};
}

/* A picture into a canvas of its size; levels from 0 to 255. */
function show(canvas, p, level) {
    const c = p.channels, image = new ImageData(p.width, p.height);
    for (let i = 0; i < p.width * p.height; i++)
        image.data.set([0, 1, 2].map(k => level(p.at[i * c + (c === 3 ? k : 0)])).concat(255), i * 4);
    canvas.width = p.width;
    canvas.height = p.height;
    canvas.getContext('2d').putImageData(image, 0, 0);
}

/* ---- inputs: each has an element, and writes its numbers; write() returns what is wrong, or nothing ---- */
let changed = () => {};

function pictureInput(f, id) {
    const times = Math.max(1, Math.floor(280 / Math.max(f.height, f.width))), height = f.height * times, width = f.width * times;
    const ground = f.light ? '#ffffff' : '#000000', nib = Math.min(height, width) * 0.085;
    const pad = describe(make('canvas', {width, height, tabIndex: 0}), {
        'role': 'application', 'aria-label': 'Drawing of ' + f.name, 'aria-describedby': 'how-' + id});
    const pen = pad.getContext('2d', {willReadFrequently: true}), cursor = make('div', {className: 'cursor', hidden: true});
    const color = make('input', {type: 'color', value: f.light ? '#000000' : '#ffffff'});
    const centered = make('input', {type: 'checkbox', checked: f.center, onchange: () => changed()});
    const file = make('input', {type: 'file', accept: 'image/*', onchange: () => file.files[0] && place(file.files[0])});
    const seen = describe(make('canvas', {className: 'seen'}), {'role': 'img', 'aria-label': 'What the model reads of ' + f.name});
    let at = null, empty = true, key = {x: width / 2, y: height / 2, down: false};

    function clear() {
        pen.fillStyle = ground;
        pen.fillRect(0, 0, width, height);
        empty = true;
        centered.checked = f.center;
        file.value = '';
        changed();
    }
    function line(from, to) {
        pen.strokeStyle = color.value;
        pen.lineWidth = nib;
        pen.lineCap = pen.lineJoin = 'round';
        pen.beginPath();
        pen.moveTo(from.x, from.y);
        pen.lineTo(to.x, to.y);
        pen.stroke();
        empty = false;
        changed();
    }
    function place(blob) {
        const url = URL.createObjectURL(blob), picture = new Image();
        answer.setAttribute('aria-busy', true);
        picture.onload = () => {
            const scale = Math.min(width / picture.width, height / picture.height);
            const w = picture.width * scale, h = picture.height * scale;
            pen.fillStyle = ground;
            pen.fillRect(0, 0, width, height);
            pen.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
            URL.revokeObjectURL(url);
            empty = false;
            changed();
        };
        picture.onerror = () => {
            URL.revokeObjectURL(url);
            tell('This file is no picture that the browser can read.');
        };
        picture.src = url;
    }
    function where(e) {
        const box = pad.getBoundingClientRect();
        return {x: (e.clientX - box.left) * width / box.width, y: (e.clientY - box.top) * height / box.height};
    }
    pad.onpointerdown = e => {
        if (e.button !== 0)
            return;
        pad.setPointerCapture(e.pointerId);
        at = where(e);
        line(at, at);
    };
    pad.onpointermove = e => {
        if (!at)
            return;
        for (const step of e.getCoalescedEvents?.() || [e]) {
            const to = where(step);
            line(at, to);
            at = to;
        }
    };
    pad.onpointerup = pad.onpointercancel = () => { at = null; };
    function move() {
        cursor.hidden = document.activeElement !== pad;
        cursor.style.left = key.x / width * 100 + '%';
        cursor.style.top = key.y / height * 100 + '%';
        cursor.classList.toggle('down', key.down);
    }
    pad.onkeydown = e => {
        const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key];
        if (step) {
            const to = {...key, x: Math.min(Math.max(key.x + step[0] * nib / 2, 0), width), y: Math.min(Math.max(key.y + step[1] * nib / 2, 0), height)};
            if (key.down)
                line(key, to);
            key = to;
        } else if (e.key === ' ' || e.key === 'Enter') {
            key.down = !key.down;
            if (key.down)
                line(key, key);
        } else if (e.key === 'Delete' || e.key === 'Backspace') {
            clear();
        } else {
            return;
        }
        e.preventDefault();
        move();
    };
    pad.onfocus = () => { if (pad.matches(':focus-visible')) move(); };
    pad.onblur = () => { key.down = false; cursor.hidden = true; };
    pad.ondragover = e => e.preventDefault();
    pad.ondrop = e => {
        e.preventDefault();
        if (e.dataTransfer.files[0])
            place(e.dataTransfer.files[0]);
    };

    function read() {
        const from = pen.getImageData(0, 0, width, height).data, c = f.channels, out = new Float64Array(height * width * c);
        for (let i = 0; i < height * width; i++)
            if (c === 3)
                out.set(from.subarray(i * 4, i * 4 + 3), i * 3);
            else
                out[i] = Math.round(0.299 * from[i * 4] + 0.587 * from[i * 4 + 1] + 0.114 * from[i * 4 + 2]);
        return {height, width, channels: c, at: out};
    }
    /* Bytes as they are; a smaller range of the training data is spread over. */
    const span = f.most - f.least, scaled = f.most <= 1 && f.least >= -1;
    clear();
    return {
        element: [
            make('div', {className: 'pad'}, pad, cursor),
            make('div', {className: 'row'}, make('button', {type: 'button', textContent: 'Clear', onclick: clear}),
                ...(f.channels === 3 ? [make('label', {}, 'Color ', color)] : []),
                make('label', {}, centered, ' Center and scale, as MNIST does')),
            make('details', {}, make('summary', {textContent: 'Pictures, keys, and what the model reads'}),
                make('p', {}, make('label', {}, 'A picture in a file, which you can also drop above: ', file)),
                make('p', {id: 'how-' + id, textContent: 'Keys, in the drawing: arrows move, space puts the pen down and up, delete clears.'}),
                make('p', {textContent: `The model reads ${f.width} by ${f.height} pixels:`}), seen)],
        write(to) {
            const p = read(), small = levels((centered.checked && center(p, f.height, f.width)) || resize(p, f.height, f.width));
            show(seen, small, v => v);
            to.set(scaled ? small.at.map(v => f.least + v / 255 * span) : small.at);
            return empty ? 'Draw something.' : '';
        },
    };
}

function mark(e, wrong) {
    e.setAttribute('aria-invalid', Boolean(wrong));
    return wrong;
}

/* Number i of a table as the model reads it, filled in and scaled as in training; of a window, every row alike. */
function prepared(f, i, x) {
    const of = numbers => numbers[i % numbers.length], known = Number.isNaN(x) && f.fill ? of(f.fill) : x;
    return f.log ? Math.log1p(known) : f.subtract ? (known - of(f.subtract)) / of(f.divide) : known;
}

/* Of a table: an empty one is missing, which its description may fill in. */
function columnsInput(f) {
    const typical = i => (f.fill || f.subtract || [0]).at(i % (f.fill || f.subtract || [0]).length);
    const day = days => new Date(Math.round(days) * 864e5).toISOString().slice(0, 10);
    const input = f.columns.map((name, i) => make('input', {type: f.date ? 'date' : 'number', step: 'any',
        value: f.date ? day(typical(i)) : String(Number(typical(i).toPrecision(3))), oninput: () => changed()}));
    return {
        element: input.length === 1 && f.columns[0] === f.name ? [describe(input[0], {'aria-label': f.name})] :
            [make('div', {className: 'grid'}, ...f.columns.map((name, i) => make('label', {}, name, input[i])))],
        write(to) {
            let wrong = '';
            for (const [i, e] of input.entries()) {
                const x = e.value === '' ? NaN : f.date ? Date.parse(e.value) / 864e5 : Number(e.value);
                const bad = (e.validity.badInput && `${f.columns[i]} is no number.`) ||
                    (Number.isNaN(x) && !f.fill && `${f.columns[i]} is missing.`) || (f.log && x <= -1 && `${f.columns[i]} must be above -1.`);
                wrong = mark(e, bad || '') || wrong;
                to[i] = prepared(f, i, x);
            }
            return wrong;
        },
    };
}

function wordsInput(f) {
    const words = f.other ? [...f.words, 'another, or none'] : f.words;
    const choice = make('select', {onchange: () => changed()}, ...words.map((word, i) => make('option', {value: i, textContent: word})));
    return {element: [describe(choice, {'aria-label': f.name})], write(to) { to[0] = Number(choice.value); return ''; }};
}

/* The bytes of a text, with zeros after it; of a window of a long text, the last ones. */
function textInput(f) {
    const area = describe(make('textarea', {oninput: () => changed()}), {'aria-label': f.name});
    const left = make('p', {className: 'small'});
    return {
        element: [area, left],
        write(to) {
            const bytes = new TextEncoder().encode(area.value), part = bytes.slice(0, to.length);
            left.textContent = bytes.length > to.length ? `The model reads ${to.length} bytes; the rest, ${bytes.length - to.length}, is cut off.` : '';
            to.fill(0);
            to.set(part);
            return area.value ? '' : 'Write something.';
        },
    };
}

function numbersInput(f) {
    const area = describe(make('textarea', {oninput: () => changed(), value: f.size === 1 ? '0' : ''}), {'aria-label': f.name});
    return {
        element: [area, make('p', {className: 'small', textContent: f.size === 1 ? 'A number' : `${f.size} numbers (${f.shape.join(' x ')}), with spaces or commas between them`})],
        write(to) {
            const number = area.value.split(/[\s,;]+/).filter(Boolean).map(Number);
            const wrong = number.some(Number.isNaN) ? `${f.name}: not all of it are numbers.` :
                number.length !== f.size ? `${f.name} has ${number.length} of ${f.size} numbers.` :
                f.integer && number.some(x => x !== Math.floor(x) || x < 0 || (f.classes && x >= f.classes)) ?
                    `${f.name} takes whole numbers from 0${f.classes ? ' to ' + (f.classes - 1) : ''}.` : '';
            to.set(wrong ? [] : number.map((x, i) => prepared(f, i, x)));
            return mark(area, wrong);
        },
    };
}

const kinds = {picture: pictureInput, columns: columnsInput, words: wordsInput, text: textInput, numbers: numbersInput};

/* ---- the result ---- */
function tell(text) {
    answer.setAttribute('aria-busy', false);
    answer.textContent = text;
    answer.title = '';
    answer.classList.add('wrong');
    detail.replaceChildren();
}

const digits = x => Number(x.toPrecision(7)).toString(), nameOf = i => facts.output.names?.[i] ?? String(i);

/* Rows of a name, a bar and a number; of many the largest. */
function bars(name, number, best) {
    const most = 20;
    let order = [...number.keys()];
    if (number.length > most)
        order = order.sort((a, b) => number[b] - number[a] || a - b).slice(0, most);
    return make('ol', {className: 'bars'}, ...order.map(i => {
        const bar = make('i');
        bar.style.width = Math.min(Math.max(number[i], 0), 1) * 100 + '%';
        return make('li', {className: best(i) ? 'best' : ''}, make('span', {className: 'name', textContent: name(i)}),
            make('span', {className: 'track'}, bar), make('span', {className: 'number', textContent: number[i].toFixed(4), title: String(number[i])}));
    }));
}

function table(out) {
    const most = 64, rows = [...out.slice(0, most)].map((x, i) => make('tr', {}, describe(make('th', {textContent: nameOf(i)}), {scope: 'row'}),
        make('td', {textContent: digits(x), title: String(x)})));
    return [make('table', {}, make('tbody', {}, ...rows)),
        ...(out.length > most ? [make('p', {className: 'small', textContent: `The first ${most} of ${out.length} numbers`})] : [])];
}

function picture(out) {
    const [height, width, channels = 1] = facts.output.shape, most = out.reduce((a, b) => Math.max(a, b), 0);
    const canvas = describe(make('canvas', {className: 'drawn'}), {'role': 'img', 'aria-label': 'The picture that the model gives'});
    show(canvas, {height, width, channels, at: out}, v => v * (most <= 1.5 ? 255 : 1));
    return canvas;
}

function isDistribution(p) {
    return p.every(x => x >= 0) && Math.abs(p.reduce((a, b) => a + b, 0) - 1) < 1e-4;
}

function report(out) {
    const o = facts.output, pair = o.kind === 'classes' && o.pair ? [1 - out[0], out[0]] : [...out];
    answer.classList.remove('wrong');
    answer.textContent = answer.title = '';
    if (o.kind === 'classes' && pair.length > 1 && pair.length === o.classes && isDistribution(pair)) {
        const best = pair.indexOf(Math.max(...pair));
        answer.textContent = `${nameOf(best)}, ${Math.floor(pair[best] * 1000) / 10} %`;
        detail.replaceChildren(bars(nameOf, pair, i => i === best));
    } else if (o.kind === 'labels') {
        const said = i => o.words?.[i]?.[Number(out[i] > 0.5)];
        answer.textContent = pair.map((x, i) => said(i) ? `${nameOf(i)}: ${said(i)}` : x > 0.5 ? nameOf(i) : '').filter(Boolean).join(', ') || 'none';
        detail.replaceChildren(bars(nameOf, pair, i => out[i] > 0.5));
    } else if (o.picture) {
        detail.replaceChildren(picture(out));
    } else {
        answer.textContent = out.length > 1 ? '' : (o.names ? o.names[0] + ': ' : '') + digits(out[0]);
        answer.title = out.length > 1 ? '' : String(out[0]);
        detail.replaceChildren(...(out.length > 1 ? table(out) : []));
    }
}

/* ---- the program ---- */
function bytesOf(text) {
    return Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
}

async function start() {
    const {instance: {exports: program}} = await WebAssembly.instantiate(bytesOf(document.getElementById('program').textContent));
    const memory = program.memory.buffer;
    const inputs = facts.inputs.map((f, i) => ({f, to: new (f.integer ? Int32Array : Float32Array)(memory, program['input' + i](), f.size)}));
    const out = new (facts.output.integer ? Int32Array : Float32Array)(memory, program.output(), facts.output.size);
    let timer = 0, took = 0;

    function predict() {
        answer.setAttribute('aria-busy', false);
        const wrong = inputs.map(i => i.write(i.to)).find(Boolean);
        if (wrong)
            return tell(wrong);
        const begin = performance.now();
        program.predict();
        took = performance.now() - begin;
        document.getElementById('time').textContent = `The last result took ${Math.max(took, 0.1).toFixed(1)} ms.`;
        report(out);
    }
    for (const i of inputs) {
        const made = kinds[i.f.kind](i.f, fields.children.length);
        i.write = made.write;
        fields.append(make('fieldset', {}, make('legend', {textContent: i.f.name}), ...made.element));
    }
    changed = () => { // what takes long waits until nothing changes any more
        answer.setAttribute('aria-busy', true);
        clearTimeout(timer);
        timer = setTimeout(predict, took > 30 ? 300 : 0);
    };
    predict();
}

start().catch(e => tell('The model cannot be run here: ' + e.message));
