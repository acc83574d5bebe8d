import assert from 'node:assert/strict';
import { kubeconfigFor, secretToken } from '../kube/kubeconfig-file.ts';
import { type Programs, programs } from '../kube/login/programs.ts';
import { type Answer, type LoopbackServer, sendJson, serve } from '../kube/server.ts';
import { fromSource } from '../packaging/source.ts';

describe('a command that talks to a cluster', function () {
  this.timeout(20_000);
  let here: Programs;
  let server: LoopbackServer;
  let answer: Answer;
  before(async () => {
    here = programs();
    server = await serve('https', (request, response) => answer(request, response));
  });
  after(() => {
    server.close();
    here.remove();
  });

  const nothing: Answer = (_request, response) => sendJson(response, { metadata: { resourceVersion: '1' }, items: [] });

  function run(args: readonly string[], user: object = { token: secretToken }, env: Record<string, string> = {}) {
    const config = { ...JSON.parse(kubeconfigFor(server.url)), users: [{ name: 'somebody', user }] };
    const kubeconfig = here.file('config', JSON.stringify(config));
    return fromSource(['tree', '--kubeconfig', kubeconfig, ...args], { HOME: '/nowhere', ...env });
  }

  const warned: Answer = (request, response) => {
    response.setHeader('warning', ['299 - "old \\"api\\"", 299 - "zwei"', '299 - "\u009b2J"']);
    nothing(request, response);
  };

  it('says each warning of the server once', async () => {
    answer = warned;
    const { stdout, stderr, code } = await run([]);
    assert.deepEqual(
      stderr
        .split('\n')
        .filter((line) => line.startsWith('Warning:'))
        .sort(),
      ['Warning: old "api"', 'Warning: zwei'],
    );
    assert.deepEqual({ stdout, code }, { stdout: '', code: 0 });
  });

  it('shows what a warning would do to a terminal', async () => {
    answer = (request, response) => {
      response.setHeader('warning', Buffer.from('299 - "a\u202eb"').toString('latin1'));
      nothing(request, response);
    };
    assert.match((await run([])).stderr, /^Warning: a\\u202eb$/m);
  });

  it('fails over warnings where that is wanted, behind its output', async () => {
    answer = warned;
    const { stderr, code } = await run(['--warnings-as-errors']);
    assert.deepEqual([stderr.trimEnd().split('\n').at(-1), code], ['error: 2 warnings received', 2]);
    answer = nothing;
    assert.equal((await run(['--warnings-as-errors'])).code, 0);
  });

  it('logs its requests without the token, and nothing that acts on a terminal', async () => {
    answer = (request, response) => {
      response.setHeader('x-hostile', 'a\u009b2Jb');
      nothing(request, response);
    };
    const { stderr, code } = await run(['-v', '9']);
    assert.match(
      stderr,
      /^I\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ kubectl-sts\] "Request" verb="GET" url="https:.*" headers=<$/m,
    );
    assert.match(stderr, /^\tAuthorization: Bearer <masked>$/m);
    assert.match(stderr, /^\tX-Hostile: a\\u009b2Jb$/m);
    assert.ok(!stderr.includes(secretToken));
    assert.doesNotMatch(stderr, /[^\P{Cc}\t\n]/u);
    assert.equal(code, 0);
  });

  it('says once why it waits', async () => {
    let busy = 2;
    answer = (request, response) => {
      if (busy-- > 0) response.writeHead(429, { 'retry-after': '1' }).end();
      else nothing(request, response);
    };
    const { stderr, code } = await run([]);
    assert.equal(stderr.match(/^note: .*$/gm)?.join('\n'), 'note: the server answers 429, trying again in 1 s');
    assert.equal(code, 0);
  });

  it('asks one who has nothing to show, and gives up where nobody answers', async () => {
    answer = nothing;
    const before = server.requests.length;
    const { stdout, stderr, code } = await run([], {});
    assert.deepEqual(
      { stdout, stderr, code },
      { stdout: '', stderr: 'Please enter Username: \nerror: EOF\n', code: 2 },
    );
    assert.equal(server.requests.length, before);
  });

  describe('and is to compare versions', () => {
    const kubectl = (version: string) => {
      here.script('kubectl', `echo '{"clientVersion":{"gitVersion":"${version}"}}'`);
      return { PATH: `${here.folder}:/usr/bin:/bin` };
    };

    it('goes on where they are the same, else does nothing', async () => {
      const asked: (string | undefined)[] = [];
      answer = (request, response) => {
        asked.push(request.url);
        if (request.url === '/version') sendJson(response, { gitVersion: 'v1.36.3' });
        else nothing(request, response);
      };
      assert.equal((await run(['--match-server-version'], undefined, kubectl('v1.36.3'))).code, 0);
      asked.length = 0;
      const { stderr, code } = await run(['--match-server-version'], undefined, kubectl('v1.35.0'));
      assert.equal(stderr, 'error: server version (v1.36.3) differs from client version (v1.35.0)\n');
      assert.equal(code, 2);
      assert.deepEqual(asked, ['/version']);
    });
  });

  it('says nothing beside the refusal of one who is not let in', async () => {
    answer = (_request, response) => void response.writeHead(401).end();
    const { stdout, stderr, code } = await run([]);
    assert.deepEqual(
      { stdout, stderr, code },
      {
        stdout: '',
        stderr:
          'error: You must be logged in to the server (the server has asked for the client to provide credentials (get statefulsets.apps))\n',
        code: 2,
      },
    );
  });
});
