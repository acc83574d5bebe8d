import assert from 'node:assert/strict';
import { looksLikeCommand, readPage } from './markdown.ts';
import { rewritten } from './rewrite.ts';
import { commandsOf } from './session.ts';

const text = `# A page

<!-- namespace: shop -->
<!-- test: kubectl apply -f examples/web --wait=true -->

\`\`\`console
$ kubectl sts tree web \\
    -n shop
NAME
sts/web
$ kubectl sts tree none
error
$ echo $?
2
\`\`\`

<!-- test:
one
two
-->

1. In a list:

   \`\`\`sh
   kubectl get pods
     # two more
   \`\`\`

<!-- made by npm run docs: help -->
\`\`\`
$ kubectl sts tree --help
\`\`\`
<!-- end -->

    kubectl delete everything
$ npm install
The command \`kubectl sts\` is no stray one.
`;

const page = readPage('docs/page.md', text);
const [first, session, second, script] = page.parts;

describe('a page', () => {
  it('says in which namespace it runs, and whether it needs real nodes', () => {
    assert.deepEqual([page.namespace, page.needsRealNodes], ['shop', false]);
    const real = readPage('x.md', '<!-- namespace: db, on real nodes -->');
    assert.deepEqual([real.namespace, real.needsRealNodes], ['db', true]);
  });

  it('has blocks and preparations in order, with their lines, and none of those that a script makes', () => {
    assert.deepEqual(
      page.parts.map((part) => [part.kind, part.line, part.kind === 'block' ? part.language : part.script]),
      [
        ['preparation', 4, 'kubectl apply -f examples/web --wait=true'],
        ['block', 7, 'console'],
        ['preparation', 17, 'one\ntwo'],
        ['block', 25, 'sh'],
      ],
    );
    assert.ok(first && second && script?.kind === 'block');
    assert.deepEqual([script.lines, script.indent], [['kubectl get pods', '  # two more'], '   ']);
  });

  it('has commands outside of blocks, which nobody would run', () => {
    assert.deepEqual(page.stray, [35, 36]);
  });

  it('tells commands from other lines', () => {
    for (const line of [
      '$ ls',
      'kubectl sts tree',
      '  npm ci',
      'A=b kubectl x',
      'sudo npm i',
      'kubectl-sts.exe roll',
    ]) {
      assert.ok(looksLikeCommand(line), line);
    }
    for (const line of ['statefulset.apps/web', 'kubectl', 'node-0 Ready', 'name: kubectl', '# kubectl x', '']) {
      assert.ok(!looksLikeCommand(line), line);
    }
  });
});

describe('a session', () => {
  assert.ok(session?.kind === 'block');
  const commands = commandsOf(session);

  it('has commands, continued by a backslash, and their outputs', () => {
    assert.deepEqual(
      commands.map(({ text: words, output, line }) => [words, output, line]),
      [
        ['kubectl sts tree web \\\n    -n shop', ['NAME', 'sts/web'], 7],
        ['kubectl sts tree none', ['error'], 11],
        ['echo $?', ['2'], 13],
      ],
    );
  });

  it('has one command that may fail: the one whose exit code is shown', () => {
    assert.deepEqual(
      commands.map(({ mayFail }) => mayFail),
      [false, true, false],
    );
  });

  it('must begin with a command', () => {
    assert.throws(() => commandsOf({ ...session, lines: ['kubectl get pods'] }), /line 7: .* must begin with/);
  });

  it('is written with other outputs, and all around it stays', () => {
    const [tree, , code] = commands;
    assert.ok(tree && code);
    const other = rewritten(text, [
      { block: session, command: tree, lines: ['NAME', 'sts/web', 'more  '] },
      { block: session, command: code, lines: [] },
    ]);
    assert.equal(other, text.replace('sts/web\n', 'sts/web\nmore\n').replace('$ echo $?\n2\n', '$ echo $?\n'));
  });
});
