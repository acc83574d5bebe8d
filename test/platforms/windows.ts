/** What is otherwise on Windows than anywhere else. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { eventually } from '../e2e/eventually.ts';
import { sts as here, kubectl } from '../e2e/kubectl.ts';
import { run } from '../e2e/ran.ts';
import { personEnv, sandbox } from '../e2e/sandbox.ts';
import { kubeconfigFor } from '../kube/kubeconfig-file.ts';
import { serve } from '../kube/server.ts';
import { encoded, encodingNames } from '../objects/encodings.ts';
import { checkout } from '../runner/files.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { build } from '../stand/build.ts';
import { type Login, loginOf } from './login.ts';
import { compiled, windowsFolder, wineEnv } from './machine.ts';
import type { Scene } from './scene.ts';
import { withoutAges } from './suite.ts';

/** Files and variables as people have them there. */
export function filesOfWindows({ sts, machine, namespace }: Scene): void {
  for (const encoding of encodingNames) {
    it(`reads a dump and a kubeconfig that are ${encoding}, with lines as Windows ends them`, async () => {
      const dump = await kubectl(['get', 'sts,svc,pod', '-n', namespace, '-o', 'yaml']);
      const asOnWindows = (text: string) => encoded(text.replaceAll('\n', '\r\n'), encoding);
      const file = join(sandbox(), 'dump.yaml');
      writeFileSync(file, asOnWindows(dump));
      assert.deepEqual(
        withoutAges(await sts(['tree', '-f', machine.path(file)])),
        withoutAges(await here(['tree', '-f', '-'], { stdin: dump })),
      );
      const kubeconfig = join(sandbox(), 'windows.kubeconfig');
      writeFileSync(kubeconfig, asOnWindows(readFileSync(sharedStand().kubeconfig, 'utf8')));
      await showsWeb({ kubeconfig });
    });
  }

  it('reads the kubeconfigs that KUBECONFIG lists, some of them within quotes', async () => {
    const [context, rest] = [join(sandbox(), 'context;1.kubeconfig'), join(sandbox(), 'rest.kubeconfig')];
    const { 'current-context': current, ...others } = JSON.parse(
      await kubectl(['config', 'view', '--raw', '--flatten', '-o', 'json']),
    );
    writeFileSync(context, JSON.stringify({ 'current-context': current }));
    writeFileSync(rest, JSON.stringify(others));
    await showsWeb({ env: { KUBECONFIG: `"${machine.path(context)}";C:\\missing;${machine.path(rest)}` } });
  });

  it('reads the kubeconfig of %USERPROFILE%', async () => {
    const users = join(wineEnv().WINEPREFIX, 'drive_c', 'users');
    const [person = ''] = readdirSync(users).filter((name) => name !== 'Public');
    mkdirSync(join(users, person, '.kube'));
    writeFileSync(join(users, person, '.kube', 'config'), readFileSync(sharedStand().kubeconfig));
    await showsWeb({ env: { KUBECONFIG: '' } });
  });

  async function showsWeb(there: Parameters<Scene['sts']>[1]): Promise<void> {
    const args = ['tree', 'web', '-n', namespace];
    assert.deepEqual(withoutAges(await sts(args, there)), withoutAges(await here(args)));
  }
}

/** Credential plugins that are batch files. */
export function batchFiles({ sts, machine, namespace }: Scene): void {
  let login: Login;
  let folder: string;
  const args = ['get', 'sts', 'web', '-n', namespace, '-o', 'name'];

  before(async () => {
    login = await loginOf(namespace, 'batch');
    folder = dirname(login.answer);
    // Writes its words to the file that the first one names, each on a line.
    const program =
      '#include <stdio.h>\n' +
      'int main(int count, char **words) {\n' +
      '  FILE *file = fopen(words[1], "w");\n' +
      '  for (int nth = 2; nth < count; nth++) fprintf(file, "%s\\n", words[nth]);\n' +
      '  return fclose(file);\n' +
      '}\n';
    await compiled(join(folder, 'words.exe'), [], program);
    const batch = '@"%~dp0words.exe" "%~dp0words.txt" %*\r\n@type "%~dp0answer.json"\r\n';
    for (const name of ['login.bat', 'log in.cmd']) writeFileSync(join(folder, name), batch);
  });

  /** Logs in, and gives the words that a program got from the batch file. */
  async function words(command: string, args: readonly string[], there: Parameters<Scene['sts']>[1] = {}) {
    const ran = await sts(['tree', '-n', namespace, '-o', 'name', 'web'], {
      kubeconfig: login.byProgram(command, args),
      ...there,
    });
    assert.deepEqual([ran.code, ran.stderr], [0, '']);
    assert.match(ran.stdout, /^statefulset.*\/web$/m);
    return lastWords();
  }

  function lastWords(): string[] {
    return readFileSync(join(folder, 'words.txt'), 'utf8').replaceAll('\r', '').split('\n').slice(0, -1);
  }

  it('logs in by a batch file that is named by its whole path, from the kubeconfig, or without its ending', async () => {
    for (const command of [machine.path(join(folder, 'login.bat')), '.\\log in.cmd', '.\\login']) {
      assert.deepEqual(await words(command, ['get-token', '--cluster', 'my cluster']), [
        'get-token',
        '--cluster',
        'my cluster',
      ]);
    }
  });

  it('logs in by a batch file of the PATH, and never by one of the current folder', async () => {
    const env = { WINEPATH: machine.path(folder) };
    assert.deepEqual(await words('login', ['x'], { env }), ['x']);
    const planted = join(folder, 'planted');
    mkdirSync(planted, { recursive: true });
    writeFileSync(join(planted, 'login.bat'), `@echo pwned> "${machine.path(join(planted, 'pwned.txt'))}"\r\n`);
    const kubeconfig = login.byProgram('login', []);
    const { stderr, code } = await sts(['tree', '-n', namespace], { kubeconfig, cwd: planted, env });
    assert.equal(code, 2);
    assert.match(stderr, /exec: executable login not found/);
    assert.ok(!existsSync(join(planted, 'pwned.txt')));
  });

  it('gives a batch file its arguments as they are, and lets cmd.exe act on none', async () => {
    // No percent signs: the cmd.exe of wine looks for variables in the arguments of a batch file once more.
    const pwned = join(folder, 'pwned.txt');
    const hostile = [
      '"&calc',
      `"&echo pwned>${machine.path(pwned)}&"`,
      `x&echo pwned>${machine.path(pwned)}`,
      '!PATH!',
      '^&|<>()',
      'a"b',
      '',
      'C:\\folder\\',
      'C:\\my folder\\',
      '\\"',
    ];
    assert.deepEqual(await words(machine.path(join(folder, 'login.bat')), hostile), hostile);
    assert.ok(!existsSync(pwned));
  });

  it('says of a line break that no batch file can take it, exit 2', async () => {
    const kubeconfig = login.byProgram('.\\login.bat', ['x\ny']);
    const { stderr, code } = await sts(['tree', '-n', namespace], { kubeconfig });
    assert.equal(code, 2);
    assert.match(stderr, /login\.bat: a batch file takes no line breaks in an argument\n$/);
  });

  it('gives a batch file the same words as kubectl, where cmd.exe acts on none of them', async function () {
    this.timeout(240_000); // kubectl.exe may have to be built
    const { 'kubectl.exe': executable } = await build(['kubectl-windows'], () => {});
    const harmless = ['get-token', '--cluster=my cluster', 'C:\\x\\y.json', '', 'a,b'];
    const own = await words('.\\login', harmless);
    writeFileSync(join(folder, 'words.txt'), '');
    const ran = await sts(args, { executable, kubeconfig: login.byProgram('.\\login', harmless) });
    assert.deepEqual(ran, { stdout: 'statefulset.apps/web\n', stderr: '', code: 0 });
    assert.deepEqual(lastWords(), own);
  });
}

/** How it ends, and what a console shows. */
export function leaves({ sts, going, call, machine, namespace }: Scene): void {
  it('ends at Ctrl-C with exit 130 while it waits for the server', async () => {
    const server = await serve('https', () => {});
    try {
      const kubeconfig = join(sandbox(), 'silent.kubeconfig');
      writeFileSync(kubeconfig, kubeconfigFor(server.url));
      const tree = going(['tree', 'web'], { kubeconfig });
      await eventually('a request', async () => assert.notEqual(server.requests.length, 0));
      assert.equal((await tree.end('SIGINT')).code, 130, tree.stderr());
    } finally {
      server.close();
    }
  });

  it('has exit codes of its own, which kubectl.exe turns into 1', async function () {
    this.timeout(240_000); // kubectl.exe may have to be built
    const { 'kubectl.exe': executable } = await build(['kubectl-windows'], () => {});
    const env = { WINEPATH: machine.path(windowsFolder()) };
    for (const [args, code] of [
      [['tree', 'web', '-n', namespace], 0],
      [['pin', 'outside', '7', '-n', namespace], 1],
      [['tree', '--no-such-flag'], 2],
    ] as const) {
      const own = await sts(args);
      assert.equal(own.code, code, own.stderr);
      const through = await sts(['sts', ...args], { executable, env });
      const fault = code === 0 ? '' : `Error: exit status ${code}\n`;
      assert.deepEqual(
        withoutAges({ ...through, stderr: through.stderr.replaceAll('\r', '') }),
        withoutAges({ ...own, stderr: `${own.stderr}${fault}`, code: code === 0 ? 0 : 1 }),
      );
    }
  });

  it('completes through kubectl.exe, which the completion of PowerShell asks', async function () {
    this.timeout(240_000); // kubectl.exe may have to be built
    const { 'kubectl.exe': executable } = await build(['kubectl-windows'], () => {});
    // kubectl takes `kubectl-sts.exe` for a command `sts.exe`, and offers nothing behind `sts`, unless a file has the bare
    // name (`registerPluginCommands`, k8s.io/kubectl/pkg/cmd/plugin/plugin_completion.go).
    const installed = await sts(['completion', 'install', '--dir', machine.path(windowsFolder())]);
    assert.equal(installed.code, 0, installed.stderr);
    const env = { WINEPATH: [windowsFolder(), dirname(executable)].map(machine.path).join(';') };
    const typed = ['tree', '-n', namespace, 'w'];
    const { stdout, code } = await sts(['__complete', 'sts', ...typed], { executable, env });
    assert.deepEqual([stdout.replaceAll('\r', ''), code], ['web\n:4\n', 0]);
    assert.equal((await sts(['sts', 'version'], { executable, env })).stdout, (await sts(['version'])).stdout);
  });

  it('shows on a console of 80 columns what a terminal of 79 shows, and no wider line', async () => {
    const words = ['tree', '-f', 'examples/troubles', '--color=never'];
    const onWindows = await onTerminal(80, call(words));
    const judge = await onTerminal(79, {
      program: sharedStand().plugin,
      words,
      options: { env: personEnv(), cwd: checkout },
    });
    assert.deepEqual(onWindows, judge);
    assert.ok(onWindows.some((line) => line.endsWith('…')));
    for (const line of onWindows) assert.ok(line.length < 80, line);
  });

  /** The lines that a terminal shows of a program. */
  async function onTerminal(columns: number, { program, words, options }: ReturnType<Scene['call']>) {
    const line = [program, ...words].map((word) => `'${word}'`).join(' ');
    const { PATH: path = '/usr/bin:/bin' } = process.env;
    // By the locale wine knows the characters of the terminal.
    const env = { ...options.env, PATH: path, SHELL: '/bin/sh', TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
    const sized = `stty cols ${columns} rows 50; ${line}`;
    const { stdout, code } = await run('/usr/bin/script', ['-qefc', sized, '/dev/null'], {
      ...options,
      env,
      stdin: '',
    });
    assert.equal(code, 0, stdout);
    return stripVTControlCharacters(stdout).replaceAll('\r', '').split('\n');
  }
}
