/** README and docs before anything of them is run. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { readPage } from './markdown.ts';
import { blocksOf, exemptions, faultsOf, heldElsewhere, isExempt, isRun, mostExemptions, pages } from './pages.ts';

const all = pages();

describe('README and docs', () => {
  it('are looked at', () => {
    assert.ok(all.length >= 14, `${all.length} pages`);
  });

  it('have no command that no test runs', () => {
    assert.deepEqual(
      all.flatMap((page) => faultsOf(page)),
      [],
    );
  });

  it('have at most ten blocks that are exempt, each of which is there and would else be run or refused', () => {
    assert.ok(exemptions.length <= mostExemptions, `${exemptions.length} are exempt`);
    for (const exemption of exemptions) {
      assert.notEqual(exemption.reason, '');
      const page = all.find(({ file }) => file === exemption.page);
      const blocks = page === undefined ? [] : blocksOf(page).filter((block) => isExempt(page, block, [exemption]));
      assert.equal(blocks.length, 1, `${exemption.page}: ${exemption.begins}`);
      const [block] = blocks;
      assert.ok(page && block);
      const alone = { ...page, namespace: 'any', parts: [block], stray: [] };
      assert.ok(isRun(block) || faultsOf(alone, []).length > 0, `not needed: ${exemption.page}: ${exemption.begins}`);
    }
  });

  it('run each in a namespace of its own', () => {
    const names = all.flatMap(({ namespace }) => namespace ?? []);
    assert.deepEqual(names, [...new Set(names)]);
  });

  it('that another test holds are there, and so is the test', () => {
    for (const [page, test] of Object.entries(heldElsewhere)) {
      assert.ok(existsSync(join(checkout, page)), page);
      assert.ok(readFileSync(join(checkout, test), 'utf8').includes(basename(page)), `${test} does not name ${page}`);
    }
  });
});

describe('a page is refused', () => {
  const faults = (text: string): string[] => faultsOf(readPage('docs/page.md', text), []);

  for (const language of ['', 'text', 'yaml', 'powershell']) {
    it(`with a command in a block ${language || 'without a language'}`, () => {
      assert.deepEqual(faults(`\`\`\`${language}\nx\nkubectl get pods\n\`\`\``), [
        'docs/page.md:3: a command in a block that is neither `console` nor `sh`',
      ]);
      assert.deepEqual(faults(`\`\`\`${language}\nx\n\`\`\``), []);
    });
  }

  it('with a block of a language that nobody knows', () => {
    assert.deepEqual(faults('```bash\nls\n```'), ['docs/page.md:1: a block of a language that nobody knows: bash']);
  });

  it('with a command outside of a block', () => {
    assert.deepEqual(faults('    kubectl get pods'), ['docs/page.md:1: a command outside of a block']);
  });

  it('with `&&` among commands that must succeed', () => {
    const fault = '`&&`, left of which a command may fail unseen: write two lines';
    const head = '<!-- namespace: any -->\n';
    assert.deepEqual(faults(`${head}\`\`\`sh\nls\nls && ls\n\`\`\``), [`docs/page.md:4: ${fault}`]);
    assert.deepEqual(faults(`${head}<!-- test: ls && ls -->\n`), [`docs/page.md:2: ${fault}`]);
    assert.deepEqual(faults(`${head}\`\`\`console\n$ ls && ls\n\`\`\``), []);
  });

  it('with commands and no namespace', () => {
    assert.deepEqual(faults('```sh\nls\n```'), ['docs/page.md:1: no `<!-- namespace: NAME -->` for its commands']);
  });
});
