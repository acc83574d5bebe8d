import assert from 'node:assert/strict';
import type { Deps } from '#src/cli/deps.ts';
import { ConnectionError } from '#src/kube/errors.ts';
import { kubeconfigFor, secretToken } from '../kube/kubeconfig-file.ts';
import { type Programs, programs } from '../kube/login/programs.ts';
import { quickClock } from '../kube/quick-clock.ts';
import { type Answer, type LoopbackServer, sendJson, serve } from '../kube/server.ts';
import type { HostShape } from '../memory/host.ts';
import { type Runner, runnerOn } from '../memory/run.ts';
import { fromSource } from '../packaging/source.ts';

describe('a command that talks to a cluster', () => {
  let here: Programs;
  let server: LoopbackServer;
  let answer: Answer;
  let runner: Runner;
  before(async () => {
    here = programs();
    server = await serve('https', (request, response) => answer(request, response));
    runner = runnerOn(server);
  });
  after(() => {
    runner.close();
    server.close();
    here.remove();
  });
  beforeEach(() => {
    answer = nothing;
  });

  const nothing: Answer = (_request, response) => sendJson(response, { metadata: { resourceVersion: '1' }, items: [] });

  /** A kubeconfig whose user has other credentials. */
  const kubeconfigOf = (user: object) =>
    here.file(
      'config',
      JSON.stringify({ ...JSON.parse(kubeconfigFor(server.url)), users: [{ name: 'somebody', user }] }),
    );
  const start = (words: string, user: object, shape: HostShape = {}) =>
    runner.start(`tree --kubeconfig ${kubeconfigOf(user)} ${words}`, shape);

  describe('and is warned by the server', () => {
    const warned: Answer = (request, response) => {
      response.setHeader('warning', ['299 - "old \\"api\\"", 299 - "zwei"', '299 - "\u009b2J"']);
      nothing(request, response);
    };
    const warningsIn = (text: string) => text.split('\n').filter((line) => line.includes('Warning:'));

    it('prints each warning once, on standard error', async () => {
      answer = warned;
      const { stdout, stderr, code } = await runner.run('tree');
      assert.deepEqual(warningsIn(stderr).sort(), ['Warning: old "api"', 'Warning: zwei']);
      assert.deepEqual({ stdout, code }, { stdout: '', code: 0 });
    });

    it('prints them in colour on a terminal', async () => {
      answer = warned;
      const { stderr } = await runner.run('tree', { columns: 80 });
      assert.ok(warningsIn(stderr).includes('\u001b[33mWarning:\u001b[0m zwei'), stderr);
    });

    it('escapes them', async () => {
      answer = (request, response) => {
        response.setHeader('warning', Buffer.from('299 - "a\u202eb"').toString('latin1'));
        nothing(request, response);
      };
      assert.match((await runner.run('tree')).stderr, /^Warning: a\\u202eb$/m);
    });

    it('exits 2 behind its output, if warnings are errors', async () => {
      answer = warned;
      const { stderr, code } = await runner.run('tree --warnings-as-errors');
      assert.deepEqual([stderr.trimEnd().split('\n').at(-1), code], ['error: 2 warnings received', 2]);
    });

    it('counts one warning as one', async () => {
      answer = (request, response) => {
        response.setHeader('warning', '299 - "old"');
        nothing(request, response);
      };
      assert.match((await runner.run('tree --warnings-as-errors')).stderr, /^error: 1 warning received$/m);
    });

    it('exits 0 if there are no warnings', async () => {
      const { stderr, code } = await runner.run('tree --warnings-as-errors');
      assert.doesNotMatch(stderr, /error/);
      assert.equal(code, 0);
    });
  });

  it('logs its requests without the token, and escapes what the server sent', async () => {
    answer = (request, response) => {
      response.setHeader('x-hostile', 'a\u009b2Jb');
      nothing(request, response);
    };
    const { stderr, code } = await runner.run('tree -v 9');
    assert.match(
      stderr,
      /^I\d{4} \d\d:\d\d:\d\d\.\d{6} +42 kubectl-sts\] "Request" verb="GET" url="https:.*" headers=<$/m,
    );
    assert.match(stderr, /^\tAuthorization: Bearer <masked>$/m);
    assert.match(stderr, /^\tX-Hostile: a\\u009b2Jb$/m);
    assert.ok(!stderr.includes(secretToken));
    assert.doesNotMatch(stderr, /[^\P{Cc}\t\n]/u);
    assert.equal(code, 0);
  });

  it('says once why it waits', async () => {
    let busy = 3;
    answer = (request, response) => {
      if (busy-- > 0) response.writeHead(429, { 'retry-after': '1' }).end();
      else nothing(request, response);
    };
    const clock = quickClock();
    const { stderr, code } = await runner.run('tree', {}, { clock, steadyClock: clock });
    assert.equal(stderr.match(/^note: .*$/gm)?.join('\n'), 'note: the server answers 429, trying again in 1 s');
    assert.equal(code, 0);
  });

  it('says nothing beside the refusal of a person who is not let in', async () => {
    answer = (_request, response) => void response.writeHead(401).end();
    assert.deepEqual(await runner.run('tree'), {
      code: 2,
      stdout: '',
      stderr:
        'error: You must be logged in to the server (the server has asked for the client to provide credentials (get statefulsets.apps))\n',
    });
  });

  describe('without credentials', () => {
    it('asks for a name and a password on a terminal, and does not show the password', async () => {
      let authorization: string | undefined;
      answer = (request, response) => {
        ({ authorization } = request.headers);
        nothing(request, response);
      };
      const running = start('', {}, { columns: 80, typed: true });
      await running.until('Please enter Username: ');
      running.type('ann');
      await running.until('Please enter Password: ');
      running.type('tiger');
      const { code, stderr } = await running.ended;
      assert.equal(authorization, `Basic ${Buffer.from('ann:tiger').toString('base64')}`);
      assert.ok(!stderr.includes('tiger'), stderr);
      assert.equal(code, 0);
    });

    it('gives up where nobody answers, before any request', async () => {
      const before = server.requests.length;
      const running = start('', {});
      running.host.stdin.push(null);
      assert.deepEqual(await running.ended, { code: 2, stdout: '', stderr: 'Please enter Username: \nerror: EOF\n' });
      assert.equal(server.requests.length, before);
    });

    it('asks for no password in a pipe', async () => {
      const running = start('', {});
      running.host.stdin.push('ann\n');
      assert.deepEqual(await running.ended, {
        code: 2,
        stdout: '',
        stderr: 'Please enter Username: \nerror: error reading input for Password\n',
      });
    });
  });

  describe('and compares versions', () => {
    const path = (version: string) => {
      here.script('kubectl', `echo '{"clientVersion":{"gitVersion":"${version}"}}'`);
      return { env: { PATH: `${here.folder}:/usr/bin:/bin` } };
    };
    let asked: (string | undefined)[];
    beforeEach(() => {
      asked = [];
      answer = (request, response) => {
        asked.push(request.url);
        if (request.url === '/version') sendJson(response, { gitVersion: 'v1.36.3' });
        else nothing(request, response);
      };
    });

    it('goes on if they are the same', async () => {
      assert.equal((await runner.run('tree --match-server-version', path('v1.36.3'))).code, 0);
      assert.equal(asked[0], '/version');
    });

    it('does nothing if they differ', async () => {
      assert.deepEqual(await runner.run('tree --match-server-version', path('v1.35.0')), {
        code: 2,
        stdout: '',
        stderr: 'error: server version (v1.36.3) differs from client version (v1.35.0)\n',
      });
      assert.deepEqual(asked, ['/version']);
    });
  });

  it('lets a credential plugin use a terminal, but not a pipe', async () => {
    const terminals: boolean[] = [];
    const stop = new ConnectionError('enough');
    const openClient: Deps['openClient'] = async (_options, { stdin }) => {
      terminals.push(stdin.isTerminal);
      throw stop;
    };
    await runner.run('tree', { typed: true }, { openClient });
    await runner.run('tree', {}, { openClient });
    await runner.run(['__complete', 'tree', ''], { typed: true }, { openClient });
    assert.deepEqual(terminals, [true, false, false]);
  });

  describe('as a process', function () {
    this.timeout(20_000);
    const plugin = () => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: here.script('plugin', 'echo "log in first" >&2; exit 3'),
        interactiveMode: 'Never',
      },
    });
    const env = { HOME: '/nowhere' };

    it('shows what a credential plugin says', async () => {
      const { stdout, stderr, code } = await fromSource(['tree', '--kubeconfig', kubeconfigOf(plugin())], env);
      assert.match(stderr, /^log in first\n.*executable .*plugin failed with exit code 3\n$/s);
      assert.deepEqual([stdout, code], ['', 2]);
    });

    it('does not show it in completion', async () => {
      const words = ['__complete', 'tree', '--kubeconfig', kubeconfigOf(plugin()), ''];
      assert.deepEqual(await fromSource(words, env), { stdout: ':4\n', stderr: '', code: 0 });
    });
  });
});
