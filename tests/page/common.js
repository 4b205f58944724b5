// What the tests of pages share: a browser's view of a file, and the judges of HTML and of accessibility.
'use strict';
const fs = require('fs'), path = require('path');
const {HtmlValidate} = require('html-validate');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const failures = [];
const fail = (file, text) => failures.push(`${file}: ${text}`);

// Style attributes and long titles are no mistakes here.
const rules = {'no-inline-style': 'off', 'long-title': 'off', 'require-sri': 'off', 'tel-non-breaking': 'off'};
const validator = new HtmlValidate({root: true, extends: ['html-validate:recommended'], rules});

async function open(browser, file, options) {
    const context = await browser.newContext(options), page = await context.newPage(), own = 'file://' + path.resolve(file);
    page.on('request', r => r.url() === own || /^(data|blob):/.test(r.url()) || fail(file, 'it asks for ' + r.url()));
    page.on('console', m => m.type() === 'error' && fail(file, 'console: ' + m.text()));
    page.on('pageerror', e => fail(file, 'error: ' + e.message));
    page.on('dialog', d => { fail(file, 'it opens a dialog: ' + d.message()); d.dismiss(); });
    await page.goto(own);
    return page;
}

async function accessible(page, file, how) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
    for (const v of found.violations)
        for (const n of v.nodes.slice(0, 3))
            fail(file, `${how}: ${v.id}: ${n.target.join(' ')}: ${n.failureSummary.split('\n').slice(1, 3).join(' ')}`);
}

async function validate(file) {
    const report = await validator.validateFile(file);
    for (const r of report.results)
        for (const m of r.messages.slice(0, 10))
            fail(file, `line ${m.line}: ${m.ruleId}: ${m.message}`);
}

module.exports = {failures, fail, open, accessible, validate};
