import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedStand } from '../runner/stand-variables.ts';
import { needsDebian } from './debian.ts';
import { service } from './dns/sets.ts';
import { apply } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { run } from './ran.ts';
import { rollSet } from './roll/sets.ts';
import { needsTerminal, programOnTerminal, type Terminal } from './roll/terminal.ts';
import { personEnv, sandbox } from './sandbox.ts';

const bashCompletion = '/usr/share/bash-completion/bash_completion';

/** How a shell is started with a file of its own, and the text of that file, as docs/commands/completion.md tells people to write it. */
const shells = {
  bash: {
    file: '.bashrc',
    lines: [`source ${bashCompletion}`, 'source <(kubectl completion bash)'],
    start: (home: string) => ['/bin/bash', '--noprofile', '--rcfile', join(home, '.bashrc'), '-i'],
  },
  zsh: {
    file: '.zshrc',
    lines: ['autoload -Uz compinit; compinit -u', 'source <(kubectl completion zsh)'],
    start: () => ['/usr/bin/zsh', '--no-globalrcs', '-i'],
  },
};

for (const [name, { file, lines, start }] of Object.entries(shells)) {
  describe(`after \`completion install\`, Tab in ${name}`, () => {
    const namespace = ownNamespace(`tab-in-${name}`);
    const home = join(sandbox(), `home-of-${name}`);
    const bin = join(home, 'bin');
    const env = { ...personEnv(), HOME: home, PATH: [bin, '/usr/bin', '/bin'].join(':') };
    let shell: Terminal;

    before(async function () {
      needsTerminal(this);
      await needsDebian(this, { zsh: '/usr/bin/zsh', 'bash-completion': bashCompletion });
      mkdirSync(bin, { recursive: true });
      symlinkSync(sharedStand().kubectl, join(bin, 'kubectl'));
      symlinkSync(sharedStand().plugin, join(bin, 'kubectl-sts'));
      const { code, stderr } = await run(join(bin, 'kubectl'), ['sts', 'completion', 'install'], { env });
      assert.equal(code, 0, stderr);
      writeFileSync(join(home, file), [...lines, "PS1='ready> '", ''].join('\n'));
      await apply(namespace, [service('orders-database'), rollSet('orders-database', { replicas: 0 })]);
      shell = programOnTerminal(start(home), env);
      await shell.until(/ready> /);
    });
    after(() => shell?.end());

    it('completes a command', async () => {
      shell.type('kubectl sts unp\t');
      await shell.until(/unpin/);
      shell.type('\u0015');
    });

    it('completes a flag', async () => {
      const since = shell.sent().length;
      shell.type('kubectl sts tree --no-hea\t');
      await shell.until(/--no-headers/, since);
      shell.type('\u0015');
    });

    it('completes the name of a StatefulSet in the namespace that the line names', async () => {
      const since = shell.sent().length;
      shell.type(`kubectl sts tree -n ${namespace} ord\t`);
      await shell.until(/orders-database/, since);
      shell.type('\r');
      await shell.until(/sts\/orders-database|StatefulSet\/orders-database/, since);
    });
  });
}
