// Uses exported pages as people do: draw.js CHROMIUM LNGRAPH RUN... Each run is a folder, whose page is RUN.html. What is drawn on that of the run `digits`, or
// filled in where RUN.rows.json has rows (of a window, with the table in `csv`), gets the numbers of `lngraph predict`, to the last bit. SHOTS: a folder for screenshots.
'use strict';
const fs = require('fs');
const {execFileSync} = require('child_process');
const {chromium} = require('playwright-core');
const {failures, fail, open, accessible, validate} = require('./common.js');
const [, , program, lngraph, ...runs] = process.argv;

// The numbers that the page shows, which its titles have in full.
const numbers = page => page.$$eval('#answer, #detail [title]', all => all.map(e => e.title).filter(Boolean));
const answer = page => page.textContent('#answer');

function same(file, page, predicted) {
    const a = page.map(x => Math.fround(Number(x))), b = predicted.map(x => Math.fround(x));
    if (a.length === 0 || a.length !== b.length || a.some((x, i) => !Object.is(x, b[i])))
        fail(file, `it says ${page.join(' ')}, but predict says ${predicted.join(' ')}`);
}

function predict(run, file, ...options) {
    return JSON.parse(execFileSync(lngraph, ['predict', '-t', '1', '--json', ...options, run, file], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}));
}

const settled = page => page.waitForSelector('#answer[aria-busy=false]');

// The drawing as a file.
async function saved(page, file) {
    const {width, height, level} = await page.$eval('.pad canvas', pad => {
        const {width, height} = pad, data = pad.getContext('2d').getImageData(0, 0, width, height).data;
        return {width, height, level: Array.from({length: width * height}, (_, i) => data[4 * i])};
    });
    fs.writeFileSync(file, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), Buffer.from(level)]));
    return file;
}

// Strokes in parts of the pad's sides.
const strokes = {
    1: [[[.42, .2], [.52, .8]]],
    7: [[[.3, .2], [.7, .2], [.45, .85]]],
    0: [[[.5, .2], [.33, .3], [.3, .6], [.42, .8], [.6, .78], [.7, .55], [.66, .3], [.5, .2]]],
    4: [[[.4, .2], [.3, .55], [.7, .55]], [[.62, .25], [.6, .85]]],
};

async function stroke(page, points) {
    const box = await (await page.$('.pad canvas')).boundingBox();
    const to = ([x, y], options) => page.mouse.move(box.x + x * box.width, box.y + y * box.height, options);
    await to(points[0]);
    await page.mouse.down();
    for (const point of points.slice(1))
        await to(point, {steps: 6});
    await page.mouse.up();
}

async function drawing(browser, run) {
    const file = run + '.html', page = await open(browser, file, {viewport: {width: 1000, height: 900}});
    await settled(page);
    if (await answer(page) !== 'Draw something.')
        fail(file, 'an empty drawing gets ' + await answer(page));
    for (const [digit, lines] of Object.entries(strokes)) {
        for (const points of lines)
            await stroke(page, points);
        await page.check('input[type=checkbox]');
        await settled(page);
        if (!(await answer(page)).startsWith(digit + ','))
            fail(file, `a ${digit} is taken for ${await answer(page)}`);
        const centered = predict(run, await saved(page, run + '.pgm'), '--center');
        same(file + ' centered', await numbers(page), centered.probabilities);
        if (String(centered.class) !== digit)
            fail(file, `predict takes the ${digit} for ${centered.class}`);
        await page.uncheck('input[type=checkbox]');
        await settled(page);
        same(file, await numbers(page), predict(run, run + '.pgm', '--resize').probabilities);
        await page.click('text=Clear');
    }
    await stroke(page, strokes[7][0]);
    const seven = await page.$eval('.pad canvas', pad => pad.toDataURL('image/png').split(',')[1]);
    await page.click('text=Clear');
    await page.click('summary');
    await page.setInputFiles('input[type=file]', {name: 'x.png', mimeType: 'image/png', buffer: Buffer.from(seven, 'base64')});
    await settled(page);
    if (!(await answer(page)).startsWith('7,'))
        fail(file, 'a picture of 7 is taken for ' + await answer(page));
    await page.setInputFiles('input[type=file]', {name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no picture')});
    await settled(page);
    if (!/no picture/.test(await answer(page)))
        fail(file, 'of a damaged picture it says ' + await answer(page));
    await page.click('text=Clear');
    await page.context().close();
}

// A line of keys draws a line; Delete clears.
async function keys(browser, run) {
    const file = run + '.html', page = await open(browser, file, {viewport: {width: 1000, height: 900}});
    await settled(page);
    await page.keyboard.press('Tab');
    for (const key of [...Array(6).fill('ArrowUp'), ' ', ...Array(12).fill('ArrowDown'), ' '])
        await page.keyboard.press(key);
    await settled(page);
    if (!(await answer(page)).startsWith('1,'))
        fail(file, 'a line that is drawn with keys is taken for ' + await answer(page));
    await page.keyboard.press('Delete');
    await settled(page);
    if (await answer(page) !== 'Draw something.')
        fail(file, 'Delete does not clear');
    await page.context().close();
}

async function touch(browser, run) {
    const file = run + '.html', page = await open(browser, file, {viewport: {width: 400, height: 800}, hasTouch: true});
    await settled(page);
    const box = await (await page.$('.pad canvas')).boundingBox(), session = await page.context().newCDPSession(page);
    const points = strokes[7][0].map(([x, y]) => [{x: box.x + x * box.width, y: box.y + y * box.height}]);
    await session.send('Input.dispatchTouchEvent', {type: 'touchStart', touchPoints: points[0]});
    for (const touchPoints of points.slice(1))
        await session.send('Input.dispatchTouchEvent', {type: 'touchMove', touchPoints});
    await session.send('Input.dispatchTouchEvent', {type: 'touchEnd', touchPoints: []});
    await settled(page);
    if (!(await answer(page)).startsWith('7,'))
        fail(file, 'a 7 that a finger draws is taken for ' + await answer(page));
    await page.context().close();
}

async function form(browser, run) {
    const file = run + '.html', page = await open(browser, file, {viewport: {width: 1000, height: 900}});
    const set = async values => {
        for (const [label, value] of Object.entries(values)) {
            const field = page.getByLabel(label, {exact: true});
            if (await field.evaluate(e => e.tagName) === 'SELECT')
                await field.selectOption({label: value.replace('\u202e', '<U+202E>')}); // which cannot turn the text around
            else
                await field.fill(value);
        }
        await settled(page);
    };
    for (const {csv, ...row} of JSON.parse(fs.readFileSync(run + '.rows.json', 'utf8'))) {
        const cell = text => /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        fs.writeFileSync('one.csv', csv ?? `${Object.keys(row).map(cell).join()}\n${Object.values(row).map(cell).join()}\n`);
        await set(row);
        const said = predict(run, 'one.csv', '--as-is'), wanted = said.probabilities ?? said.output;
        same(file, await numbers(page), Array.isArray(wanted) ? wanted : Object.values(wanted));
        if (said.class !== undefined && !(await answer(page)).startsWith(said.class + ','))
            fail(file, `it says ${await answer(page)}, predict ${said.class}`);
    }
    await page.context().close();
}

async function look(browser, file, width, colorScheme) {
    const page = await open(browser, file, {viewport: {width, height: 900}, colorScheme});
    await settled(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0)
        fail(file, `at ${width} pixels it is ${wide} too wide`);
    if (await page.$('.pad canvas'))
        await stroke(page, strokes[7][0]);
    await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
    await settled(page);
    await accessible(page, file, `${width} ${colorScheme}`);
    if (process.env.SHOTS)
        await page.screenshot({path: `${process.env.SHOTS}/${file}-${width}-${colorScheme}.png`, fullPage: true});
    await page.context().close();
}

(async () => {
    const browser = await chromium.launch({executablePath: program, args: ['--no-sandbox']});
    for (const run of runs) {
        const file = run + '.html';
        await validate(file);
        for (const width of [320, 1200])
            for (const scheme of ['light', 'dark'])
                await look(browser, file, width, scheme);
        if (fs.existsSync(run + '.rows.json')) {
            await form(browser, run);
        } else if (run === 'digits') {
            await drawing(browser, run);
            await keys(browser, run);
            await touch(browser, run);
        }
    }
    await browser.close();
    for (const f of new Set(failures))
        console.log('FAILED: ' + f);
    console.log(`${runs.length} pages to use, ${new Set(failures).size} failures`);
    process.exit(failures.length ? 1 : 0);
})();
