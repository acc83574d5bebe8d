import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { checkout } from '../runner/files.ts';
import { build } from '../stand/build.ts';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Workflow {
  permissions: object;
  jobs: Record<string, { permissions?: object; steps: Step[] }>;
}

const files = globSync('.github/workflows/*.yml', { cwd: checkout }).sort();
const workflows = files.map((file) => ({ file, text: readFileSync(join(checkout, file), 'utf8') }));
const jobs = workflows.flatMap(({ file, text }) =>
  Object.entries((load(text) as Workflow).jobs).map(([name, job]) => ({ name: `${file} ${name}`, ...job })),
);
const steps = jobs.flatMap(({ steps }) => steps);

/** Runs a program in the checkout. */
function ran(program: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: checkout }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: `${stdout}${stderr}` });
    });
  });
}

describe('the workflows', () => {
  it('have no fault that actionlint finds', async function () {
    this.timeout(180_000); // where it must be built
    const { actionlint } = await build(['actionlint'], () => {});
    assert.deepEqual(await ran(actionlint, files), { code: 0, said: '' });
  });

  it('run each action at a commit, which docs/releasing.md lists with its version', () => {
    const named = workflows.flatMap(({ text }) =>
      [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action ?? ''),
    );
    const used = named.map((action) => {
      const [, name, digest, version] = /^(actions\/[\w-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(action) ?? [];
      return `| ${name} | ${version} | \`${digest}\` |`;
    });
    const told = readFileSync(join(checkout, 'docs', 'releasing.md'), 'utf8').match(/^\| actions\/.*$/gm) ?? [];
    assert.deepEqual([...new Set(used)].sort(), told.toSorted());
  });

  it('run in each step of a shell one script of the repository', () => {
    for (const run of steps.flatMap((step) => step.run ?? [])) {
      const [, script = ''] = /^(?:bash|node) (\.ci\/[\w-]+|packaging\/[\w-]+\.ts)(?: [^;&|<>]*)?$/.exec(run) ?? [];
      assert.ok(existsSync(join(checkout, script)) && script !== '', run);
    }
  });

  it('may only read, but for the jobs that publish', () => {
    for (const { text } of workflows) assert.deepEqual((load(text) as Workflow).permissions, { contents: 'read' });
    assert.deepEqual(
      Object.fromEntries(jobs.flatMap(({ name, permissions }) => (permissions ? [[name, permissions]] : []))),
      {
        '.github/workflows/release.yml release': { contents: 'write', 'id-token': 'write', attestations: 'write' },
        '.github/workflows/release.yml index': { contents: 'write' },
        '.github/workflows/release.yml npm': { contents: 'read', 'id-token': 'write' },
      },
    );
  });

  it('leave no token in the checkout, but where a commit is pushed', () => {
    for (const { name, steps } of jobs) {
      const [own] = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
      if (!name.endsWith(' index')) assert.equal(own?.with?.['persist-credentials'], false, name);
    }
  });

  it('refuse a tag that is not the version of the package, and one whose changelog is open', async () => {
    const wrong = await ran('bash', ['.ci/check-tag', 'v99.0.0']);
    assert.deepEqual([wrong.code, wrong.said.includes(`package.json says ${packageJson.version}`)], [1, true]);
    const changelog = readFileSync(join(checkout, 'CHANGELOG.md'), 'utf8');
    const open = changelog.includes(`## ${packageJson.version} (not released)`);
    assert.equal((await ran('bash', ['.ci/check-tag', `v${packageJson.version}`])).code, open ? 1 : 0);
  });
});
