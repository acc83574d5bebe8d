/** Which pages there are, who holds them true, and which blocks nobody runs. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { type Block, looksLikeCommand, type Page, readPage } from './markdown.ts';

/**
 * Pages with commands that no test runs on a stand. A script makes these pages, and the test that is named compares each
 * with what it is made from. CONTRIBUTING.md says of each what that comparison leaves out. CHANGELOG.md, CONTRIBUTING.md and SECURITY.md
 * are not among the pages at all: the first tells of the past, the others have no session in them.
 */
export const heldElsewhere: Readonly<Record<string, string>> = {
  'docs/screens.md': 'test/screens/screens.test.ts',
  'docs/diagnosis.md': 'test/diagnosis/page.test.ts',
  'docs/runbooks/replicated-database.md': 'test/trial/runbook.test.ts',
};

export interface Exemption {
  page: string;
  /** The first line of the block. */
  begins: string;
  reason: string;
}

/** How many blocks may be exempt in all pages. */
export const mostExemptions = 10;

/** Blocks with commands that no test runs. */
export const exemptions: readonly Exemption[] = [
  {
    page: 'README.md',
    begins: 'git clone https://github.com/kubectl-sts/kubectl-sts.git && cd kubectl-sts',
    reason: 'installs npm packages and builds; .ci/run does both, and test/packaging/ tries what comes of it',
  },
  {
    page: 'docs/install.md',
    begins: 'git clone https://github.com/kubectl-sts/kubectl-sts.git && cd kubectl-sts',
    reason: 'the same',
  },
  {
    page: 'docs/install.md',
    begins: '# With krew (https://krew.sigs.k8s.io): this repository is an index',
    reason:
      'nothing is released yet; test/e2e/krew.test.ts and npm-install.test.ts run its lines on what was built here',
  },
  {
    page: 'docs/install.md',
    begins: 'xattr -d com.apple.quarantine kubectl-sts',
    reason: 'a program of macOS',
  },
  {
    page: 'docs/install.md',
    begins: 'kubectl-sts.exe roll products-db --dry-run=server',
    reason: 'a batch file of Windows; test/platforms/ runs the executable for Windows',
  },
];

/** What the blocks are that hold commands. */
const runLanguages = ['console', 'sh'];

/** What blocks may hold besides. */
const otherLanguages = [
  '',
  'text',
  'json',
  'yaml',
  'toml',
  'ini',
  'diff',
  'dot',
  'mermaid',
  'powershell',
  'bat',
  'ts',
  'go',
];

/** The files of all pages, from the checkout, in the order of their names. */
export function pageFiles(): string[] {
  return globSync(['README.md', 'docs/**/*.md'], { cwd: checkout }).sort();
}

/** All pages whose commands this test runs, in the order of their names. */
export function pages(): Page[] {
  return pageFiles()
    .filter((file) => !(file in heldElsewhere))
    .map((file) => readPage(file, readFileSync(join(checkout, file), 'utf8')));
}

export function isExempt({ file }: Page, block: Block, list = exemptions): boolean {
  return list.some(({ page, begins }) => page === file && begins === block.lines[0]);
}

export function isRun({ language }: Block): boolean {
  return runLanguages.some((each) => each === language);
}

export function blocksOf({ parts }: Page): Block[] {
  return parts.filter((part) => part.kind === 'block');
}

/** The pages with commands to run. */
export function runPages(realNodes: boolean): Page[] {
  return pages().filter(
    (page) => page.needsRealNodes === realNodes && blocksOf(page).some((block) => mustRun(page, block)),
  );
}

export function mustRun(page: Page, block: Block): boolean {
  return isRun(block) && !isExempt(page, block);
}

/** The scripts of a page whose commands must all succeed. */
function strictParts(page: Page, list: readonly Exemption[]): { line: number; lines: readonly string[] }[] {
  return page.parts.flatMap((part): { line: number; lines: readonly string[] }[] => {
    if (part.kind === 'preparation') return [{ line: part.line, lines: [part.script] }];
    return part.language === 'sh' && !isExempt(page, part, list) ? [part] : [];
  });
}

/** What is wrong with a page before anything is run, as `docs/pin.md:12: …`. */
export function faultsOf(page: Page, list = exemptions): string[] {
  const at = (line: number, what: string): string => `${page.file}:${line}: ${what}`;
  const faults = page.stray.map((line) => at(line, 'a command outside of a block'));
  for (const block of blocksOf(page)) {
    if (isRun(block) || isExempt(page, block, list)) continue;
    if (!otherLanguages.includes(block.language)) {
      faults.push(at(block.line - 1, `a block of a language that nobody knows: ${block.language}`));
    }
    const nth = block.lines.findIndex(looksLikeCommand);
    if (nth !== -1) faults.push(at(block.line + nth, 'a command in a block that is neither `console` nor `sh`'));
  }
  for (const { line, lines } of strictParts(page, list)) {
    const nth = lines.findIndex((each) => each.includes('&&'));
    if (nth !== -1) faults.push(at(line + nth, '`&&`, left of which a command may fail unseen: write two lines'));
  }
  const isToRun = blocksOf(page).some((block) => isRun(block) && !isExempt(page, block, list));
  if (isToRun && page.namespace === undefined) faults.push(at(1, 'no `<!-- namespace: NAME -->` for its commands'));
  return faults;
}
