// Looks at pages and figures as a browser does: check.js CHROMIUM PAGE... -- FIGURE...
'use strict';
const {chromium} = require('playwright-core');
const {failures, fail, open, accessible, validate} = require('./common.js');

const args = process.argv.slice(2), end = args.indexOf('--');
const pages = args.slice(1, end), figures = args.slice(end + 1);
async function look(browser, file, width, colorScheme) {
    const page = await open(browser, file, {viewport: {width, height: 900}, colorScheme});
    const seen = await page.evaluate(() => {
        const wide = document.documentElement.scrollWidth - window.innerWidth;
        const all = document.querySelectorAll('body *'), cut = [];
        for (const e of all) {
            const box = e.getBoundingClientRect();
            if (box.right > window.innerWidth + 1 && !e.closest('.wide, pre'))
                cut.push(e.tagName + ' ' + e.textContent.slice(0, 40));
        }
        return {wide, cut: cut.slice(0, 5), text: document.body.innerText, scripts: document.scripts.length};
    });
    if (seen.wide > 0 || seen.cut.length)
        fail(file, `at ${width} pixels it is ${seen.wide} too wide: ${seen.cut.join('; ')}`);
    if (seen.scripts)
        fail(file, 'it has a script');
    if (/[\u202a-\u202e\u2066-\u2069]/.test(seen.text))
        fail(file, 'it has marks that turn the direction of text');
    if (!/<script>alert\('x'\)<\/script>|<b>bold<\/b>|<i>age<\/i>/.test(seen.text))
        fail(file, 'the hostile names are not shown as text');
    if ((width === 400) !== (colorScheme === 'light'))
        return page.context().close();
    await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
    await accessible(page, file, `${width} ${colorScheme}`);
    await page.context().close();
}

async function print(browser, file) {
    const page = await open(browser, file, {});
    const pdf = await page.pdf({format: 'A4', printBackground: true});
    if (pdf.length < 10000)
        fail(file, `its PDF has only ${pdf.length} bytes`);
    await page.context().close();
}

async function figure(browser, file) {
    const page = await open(browser, file, {});
    const seen = await page.evaluate(() => {
        const svg = document.documentElement, cut = [];
        for (const e of svg.querySelectorAll('text, rect, image')) {
            const box = e.getBoundingClientRect(), all = svg.getBoundingClientRect();
            if (box.right > all.right + 1 || box.left < all.left - 1 || box.bottom > all.bottom + 1)
                cut.push(e.textContent.slice(0, 40) || e.tagName);
        }
        return {title: svg.querySelector('title')?.textContent, about: svg.querySelector('desc')?.textContent, cut: cut.slice(0, 4)};
    });
    if (!seen.title || !seen.about)
        fail(file, 'it has no title or no description');
    if (seen.cut.length)
        fail(file, 'parts lie outside: ' + seen.cut.join('; '));
    await page.context().close();
}

(async () => {
    const browser = await chromium.launch({executablePath: args[0], args: ['--no-sandbox']});
    for (const file of pages) {
        await validate(file);
        for (const width of [400, 1000, 1600]) // axe at 400 in light and at the others in dark
            for (const scheme of ['light', 'dark'])
                await look(browser, file, width, scheme);
        await print(browser, file);
    }
    for (const file of figures)
        await figure(browser, file);
    await browser.close();
    for (const f of [...new Set(failures)])
        console.log('FAILED: ' + f);
    console.log(`${pages.length} pages, ${figures.length} figures, ${new Set(failures).size} failures`);
    process.exit(failures.length ? 1 : 0);
})();
