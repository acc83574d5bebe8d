import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ConfigError, ConnectionError } from '#src/kube/errors.ts';
import { proxyFor, proxyUrlFault } from '#src/kube/http/proxy.ts';
import { type ProxyLimits, proxiedRequest, proxyAgent } from '#src/kube/http/proxyagent.ts';
import { certificate, key } from '../certificate.ts';
import { type LoopbackServer, serve } from '../server.ts';
import { badProxy, badTlsProxy, httpProxy, type LoopbackProxy, socksProxy } from './proxies.ts';

const kubernetes = 'https://kubernetes.test:6443';

function chosen(server: string, env: Record<string, string>, proxyUrl?: string): string | undefined {
  return proxyFor(new URL(server), proxyUrl, env)?.href;
}

describe('the proxy that is chosen', () => {
  const environments: [server: string, env: Record<string, string>, proxy: string | undefined][] = [
    [kubernetes, {}, undefined],
    [kubernetes, { HTTPS_PROXY: '' }, undefined],
    [kubernetes, { HTTPS_PROXY: 'http://proxy.test:3128' }, 'http://proxy.test:3128/'],
    [kubernetes, { https_proxy: 'http://proxy.test:3128' }, 'http://proxy.test:3128/'],
    [kubernetes, { HTTPS_PROXY: 'upper.test', https_proxy: 'lower.test' }, 'http://upper.test/'],
    [kubernetes, { HTTPS_PROXY: '', https_proxy: 'lower.test' }, 'http://lower.test/'],
    [kubernetes, { HTTP_PROXY: 'proxy.test', ALL_PROXY: 'proxy.test', all_proxy: 'proxy.test' }, undefined],
    ['http://kubernetes.test', { HTTP_PROXY: 'proxy.test', HTTPS_PROXY: 'other.test' }, 'http://proxy.test/'],
    ['http://kubernetes.test', { http_proxy: 'proxy.test' }, 'http://proxy.test/'],
    ['http://kubernetes.test', { HTTPS_PROXY: 'proxy.test' }, undefined],
    // Without a scheme it is http.
    [kubernetes, { HTTPS_PROXY: '192.0.2.1:3128' }, 'http://192.0.2.1:3128/'],
    [kubernetes, { HTTPS_PROXY: 'localhost:3128' }, 'http://localhost:3128/'],
    [kubernetes, { HTTPS_PROXY: '[fd00::1]:3128' }, 'http://[fd00::1]:3128/'],
    [kubernetes, { HTTPS_PROXY: 'somebody:secret@proxy.test:3128' }, 'http://somebody:secret@proxy.test:3128/'],
    [kubernetes, { HTTPS_PROXY: 'https://proxy.test' }, 'https://proxy.test/'],
    [kubernetes, { HTTPS_PROXY: 'socks5://proxy.test' }, 'socks5://proxy.test'],
    [kubernetes, { HTTPS_PROXY: 'socks5h://proxy.test' }, 'socks5h://proxy.test'],
    // What is no URL is as good as none.
    [kubernetes, { HTTPS_PROXY: ' http://proxy.test' }, undefined],
    [kubernetes, { HTTPS_PROXY: 'proxy test' }, undefined],
    [kubernetes, { HTTPS_PROXY: 'http://some%zzbody@proxy.test' }, undefined],
    [kubernetes, { HTTPS_PROXY: 'http://proxy.test:port', NO_PROXY: 'http' }, 'http://http//proxy.test:port'],
    // This machine itself is never reached through one.
    ['https://localhost:6443', { HTTPS_PROXY: 'proxy.test' }, undefined],
    ['https://127.0.0.1:6443', { HTTPS_PROXY: 'proxy.test' }, undefined],
    ['https://127.1.2.3', { HTTPS_PROXY: 'proxy.test' }, undefined],
    ['https://[::1]:6443', { HTTPS_PROXY: 'proxy.test' }, undefined],
    ['https://[::ffff:127.0.0.1]:6443', { HTTPS_PROXY: 'proxy.test' }, undefined],
    ['https://kubernetes.localhost', { HTTPS_PROXY: 'proxy.test' }, 'http://proxy.test/'],
    ['http://kubernetes.test', { HTTPS_PROXY: 'proxy.test', REQUEST_METHOD: 'GET' }, undefined],
    [kubernetes, { HTTPS_PROXY: 'proxy.test', REQUEST_METHOD: 'GET' }, 'http://proxy.test/'],
  ];
  for (const [server, env, proxy] of environments) {
    it(`is ${proxy ?? 'none'} for ${server} with ${JSON.stringify(env)}`, () => {
      assert.equal(chosen(server, env), proxy);
    });
  }

  const exceptions: [noProxy: string, straight: string[], throughProxy: string[]][] = [
    ['*', [kubernetes, 'https://192.0.2.1', 'https://[fd00::1]'], []],
    ['other.test, *', [kubernetes], []],
    ['*:6443', [], [kubernetes]],
    ['kubernetes.test', [kubernetes, 'https://api.kubernetes.test'], ['https://mykubernetes.test', 'https://test']],
    ['.kubernetes.test', ['https://api.kubernetes.test'], [kubernetes]],
    ['*.kubernetes.test', ['https://api.kubernetes.test'], [kubernetes]],
    ['KUBERNETES.test ', [kubernetes], []],
    ['test', [kubernetes], []],
    ['kubernetes.test.', [], [kubernetes]],
    ['kubernetes.test:6443', [kubernetes], ['https://kubernetes.test', 'https://kubernetes.test:6444']],
    ['kubernetes.test:443', ['https://kubernetes.test'], [kubernetes]],
    ['kubernetes.test:', [kubernetes], []],
    ['bücher.test', ['https://bücher.test', 'https://api.xn--bcher-kva.test'], [kubernetes]],
    [',, :6443,[', [], [kubernetes, 'https://192.0.2.1:6443', 'https://[fd00::1]:6443']],
    ['192.0.2.1', ['https://192.0.2.1:6443', 'https://[::ffff:192.0.2.1]'], ['https://192.0.2.11']],
    ['192.0.2.1:6443', ['https://192.0.2.1:6443'], ['https://192.0.2.1']],
    ['2.1', [], ['https://192.0.2.1']],
    ['192.0.2.0/24', ['https://192.0.2.200'], ['https://192.0.3.1']],
    ['192.0.2.77/24', ['https://192.0.2.200'], ['https://192.0.3.1']],
    ['192.0.2.0/33', [], ['https://192.0.2.0']],
    ['0.0.0.0/0', ['https://192.0.2.0'], [kubernetes, 'https://[fd00::1]']],
    ['010.020.0.0/16', ['https://10.20.1.1'], ['https://8.16.1.1']],
    ['fd00::/8', ['https://[fd12::1]:6443'], ['https://[fe80::1]', kubernetes]],
    ['fd00::1', ['https://[fd00::1]', 'https://[fd00:0::1]:6443'], ['https://[fd00::11]']],
    ['[fd00::1]:6443', ['https://[fd00::1]:6443'], ['https://[fd00::1]']],
    ['[fd00::1]', [], ['https://[fd00::1]']],
  ];
  for (const [noProxy, straight, through] of exceptions) {
    it(`obeys NO_PROXY=${noProxy}`, () => {
      for (const name of ['NO_PROXY', 'no_proxy']) {
        const env = { HTTPS_PROXY: 'proxy.test', [name]: noProxy };
        for (const server of straight) assert.equal(chosen(server, env), undefined, `${server} straight`);
        for (const server of through) assert.equal(chosen(server, env), 'http://proxy.test/', `${server} by proxy`);
      }
    });
  }

  it('obeys NO_PROXY before no_proxy', () => {
    const env = { HTTPS_PROXY: 'proxy.test', NO_PROXY: 'other.test', no_proxy: '*' };
    assert.equal(chosen(kubernetes, env), 'http://proxy.test/');
  });

  it("is the cluster's whatever the environment says, for this machine too", () => {
    const env = { HTTPS_PROXY: 'proxy.test', NO_PROXY: '*' };
    for (const server of [kubernetes, 'https://127.0.0.1:6443']) {
      assert.equal(chosen(server, env, 'socks5://cluster.test'), 'socks5://cluster.test');
    }
    assert.equal(chosen(kubernetes, { HTTPS_PROXY: 'proxy.test' }, ''), 'http://proxy.test/');
  });

  it('is not one that the client of a web server may have set', () => {
    const env = { HTTP_PROXY: 'proxy.test', REQUEST_METHOD: 'GET' };
    assert.throws(
      () => chosen('http://kubernetes.test', env),
      new ConnectionError(
        'Unable to connect to the server: refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy',
      ),
    );
  });

  // The faults are what kubectl 1.37.2 says after "invalid 'proxy-url' … for cluster …: ".
  const proxyUrls: [proxyUrl: string, fault: string | undefined][] = [
    ['http://127.0.0.1:1', undefined],
    ['HTTP://127.0.0.1:1', undefined],
    ['https://proxy.test', undefined],
    ['SOCKS5://somebody:secret@proxy.test', undefined],
    ['ftp://proxy.test', 'unsupported scheme "ftp", must be http, https, or socks5'],
    ['socks4://proxy.test', 'unsupported scheme "socks4", must be http, https, or socks5'],
    ['socks5h://proxy.test', 'unsupported scheme "socks5h", must be http, https, or socks5'],
    ['localhost:3128', 'unsupported scheme "localhost", must be http, https, or socks5'],
    ['proxy.test', 'unsupported scheme "", must be http, https, or socks5'],
    ['//proxy.test', 'unsupported scheme "", must be http, https, or socks5'],
    ...[
      '127.0.0.1:3128',
      ':x',
      'a%zz',
      'http://a b',
      ' http://proxy.test',
      'http://[::1',
      'http://proxy.test:port',
    ].map((one): [string, string] => [one, `could not parse: ${one}`]),
    ['http://some%zzbody@proxy.test', 'could not parse: http://some%zzbody@proxy.test'],
    ['http://\u001b[31mproxy.test', 'could not parse: http://\u001b[31mproxy.test'],
  ];
  for (const [proxyUrl, fault] of proxyUrls) {
    it(`may${fault ? ' not' : ''} be ${JSON.stringify(proxyUrl)} of a cluster`, () => {
      assert.equal(proxyUrlFault(proxyUrl), fault);
      if (fault) assert.throws(() => chosen(kubernetes, {}, proxyUrl), new ConfigError(`error: ${fault}`));
    });
  }
});

describe('a connection through a proxy', () => {
  const toClose: { close(): void }[] = [];
  const limits: ProxyLimits = { dial: 5_000, handshake: 5_000, answer: 5_000 };

  function closing<T extends { close(): void }>(one: T): T {
    toClose.push(one);
    return one;
  }

  afterEach(() => {
    for (const one of toClose.splice(0)) one.close();
  });

  async function apiServer(protocol: 'http' | 'https'): Promise<LoopbackServer & { port: number }> {
    const server = await serve(protocol, ({ url, headers: { host } }, response) => response.end(`${host}${url}`));
    return { ...closing(server), port: Number(new URL(server.url).port) };
  }

  async function agentOf(
    proxy: string,
    server: string,
    options: https.AgentOptions = {},
    only: Partial<ProxyLimits> = {},
  ): Promise<http.Agent> {
    const agent = await proxyAgent(
      new URL(proxy),
      new URL(server),
      { keepAlive: true, ca: certificate, servername: 'localhost', ...options },
      { ...limits, ...only },
    );
    closing({ close: () => agent.destroy() });
    return agent;
  }

  async function ask(proxy: string, server: string, agent: http.Agent): Promise<{ body: string; reused: boolean }> {
    const url = new URL(server);
    const { origin, headers } = proxiedRequest(new URL(proxy), url);
    const { request } = url.protocol === 'https:' ? https : http;
    const [host, port] = [url.hostname.replace(/[[\]]/g, ''), url.port];
    const sent = request({ agent, host, port, headers, path: `${origin}/version` }).end();
    const [response] = await once(sent, 'response');
    return { body: await text(response), reused: sent.reusedSocket };
  }

  async function failure(
    proxy: string,
    server = kubernetes,
    only: Partial<ProxyLimits> = {},
    options: https.AgentOptions = {},
  ): Promise<NodeJS.ErrnoException> {
    const outcome = await ask(proxy, server, await agentOf(proxy, server, options, only)).catch(
      (error: unknown) => error,
    );
    assert.ok(outcome instanceof Error, 'an error');
    return outcome;
  }

  const kinds: [string, (target: number) => Promise<LoopbackProxy>][] = [
    ['http', (target) => httpProxy('http', target)],
    ['https', (target) => httpProxy('https', target)],
    ['socks5', (target) => socksProxy(target)],
    ['socks5h', (target) => socksProxy(target)],
  ];
  for (const [scheme, start] of kinds) {
    for (const protocol of ['http', 'https'] as const) {
      it(`${scheme} is kept for the next request to a server of ${protocol}, whose name the proxy looks up`, async () => {
        const api = await apiServer(protocol);
        const proxy = closing(await start(api.port));
        const [url, server] = [`${scheme}://127.0.0.1:${proxy.port}`, `${protocol}://kubernetes.test:6443`];
        const agent = await agentOf(url, server);
        const asked = [await ask(url, server, agent), await ask(url, server, agent)];
        assert.deepEqual(asked, [
          { body: 'kubernetes.test:6443/version', reused: false },
          { body: 'kubernetes.test:6443/version', reused: true },
        ]);
        assert.equal(proxy.connections(), 1);
        const whole = { what: `GET ${server}/version`, who: undefined };
        const tunnel = { what: 'CONNECT kubernetes.test:6443', who: undefined };
        assert.deepEqual(proxy.asked, scheme.startsWith('http') && protocol === 'http' ? [whole, whole] : [tunnel]);
      });
    }
  }

  it('says who asks, in the bytes that the URL stands for', async () => {
    const who = `Basic ${Buffer.from('some:body:p@ss \xff', 'latin1').toString('base64')}`;
    for (const protocol of ['http', 'https'] as const) {
      const api = await apiServer(protocol);
      const proxy = closing(await httpProxy('http', api.port));
      const url = `http://some%3Abody:p%40ss%20%FF@127.0.0.1:${proxy.port}`;
      const server = `${protocol}://kubernetes.test:6443`;
      await ask(url, server, await agentOf(url, server));
      assert.equal(proxy.asked[0]?.who, who);
    }
    const api = await apiServer('https');
    const proxy = closing(await socksProxy(api.port, 'p@ss wörd'));
    const url = `socks5://some%3Abody:p%40ss%20w%C3%B6rd@127.0.0.1:${proxy.port}`;
    await ask(url, kubernetes, await agentOf(url, kubernetes));
    assert.deepEqual(proxy.asked, [{ what: 'CONNECT kubernetes.test:6443', who: 'some:body:p@ss wörd' }]);
  });

  it('is asked for addresses as such', async () => {
    const api = await apiServer('https');
    const proxies = [
      ['socks5', await socksProxy(api.port)],
      ['http', await httpProxy('http', api.port)],
    ] as const;
    for (const [scheme, proxy] of proxies) {
      closing(proxy);
      for (const server of ['https://192.0.2.7', 'https://[fd00:1::a:2]:6443']) {
        const url = `${scheme}://127.0.0.1:${proxy.port}`;
        await ask(url, server, await agentOf(url, server));
      }
    }
    const [bySocks, byHttp] = proxies.map(([, { asked }]) => asked.map(({ what }) => what));
    assert.deepEqual(bySocks, ['CONNECT 192.0.2.7:443', 'CONNECT fd0000010000000000000000000a0002:6443']);
    assert.deepEqual(byHttp, ['CONNECT 192.0.2.7:443', 'CONNECT [fd00:1::a:2]:6443']);
  });

  it('carries what a server upgrades to', async () => {
    const api = closing(https.createServer({ cert: certificate, key }));
    api.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const proxy = closing(await httpProxy('http', (api.address() as AddressInfo).port));
    const agent = await agentOf(`http://127.0.0.1:${proxy.port}`, kubernetes);
    const headers = { connection: 'Upgrade', upgrade: 'echo' };
    const sent = https.request({ agent, host: 'kubernetes.test', port: 6443, headers }).end();
    const [, socket] = await once(sent, 'upgrade');
    socket.write('hello');
    assert.equal(String((await once(socket, 'data'))[0]), 'hello');
    socket.destroy();
  });

  it('is only made with an https proxy that proves itself to those who trust the server', async () => {
    const proxy = closing(await httpProxy('https', 1));
    const url = `https://127.0.0.1:${proxy.port}`;
    const unknown = await failure(url, kubernetes, {}, { ca: [] });
    assert.match(
      unknown.message,
      /^Unable to connect to the server: proxyconnect tcp: tls: failed to verify certificate: /,
    );
    const misnamed = await failure(url, kubernetes, {}, { servername: 'other.test' });
    assert.match(
      misnamed.message,
      /^Unable to connect to the server: proxyconnect tcp: tls: failed to verify certificate: /,
    );
    assert.ok(unknown instanceof ConnectionError && misnamed instanceof ConnectionError);
    assert.deepEqual(proxy.asked, []);
  });

  it("is only made with a server that proves itself, whose fault is told apart from the proxy's", async () => {
    const api = await apiServer('https');
    for (const [scheme, start] of kinds) {
      const proxy = closing(await start(api.port));
      const url = `${scheme}://127.0.0.1:${proxy.port}`;
      // Each is verified by its own name: the certificate proves the proxy's address, and not the server's name.
      for (const server of [kubernetes, 'https://192.0.2.7', 'https://[fd00::7]']) {
        const error = await failure(url, server, {}, { servername: undefined });
        assert.equal(error.code, 'ERR_TLS_CERT_ALTNAME_INVALID', `${server} by ${scheme}`);
      }
    }
  });

  // What kubectl 1.37.2 says after "Unable to connect to the server: "; ADDRESS is the proxy's.
  const refusals: [answer: string | null, reason: string][] = [
    ['HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n', 'Proxy Authentication Required'],
    ['HTTP/1.1 502 Bad Gateway\r\n\r\n', 'Bad Gateway'],
    ['HTTP/1.1 403 Not on my watch\r\n\r\n', 'Not on my watch'],
    ['HTTP/1.1 503 \r\n\r\n', 'unknown status code'],
    ['HTTP/1.1 503\r\n\r\n', 'unknown status code'],
    ['HTTP/1.1 204 No Content\r\n\r\n', 'No Content'],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', 'Continue'],
    ['SSH-2.0-OpenSSH_10.0\r\n', 'malformed HTTP response "SSH-2.0-OpenSSH_10.0"'],
    ['HTTP/1.1 2000 OK\r\n', 'malformed HTTP response "HTTP/1.1 2000 OK"'],
    ['end', 'unexpected EOF'],
    [`HTTP/1.1 200 OK\r\n${'X-Header: and so on\r\n'.repeat(60_000)}`, 'malformed HTTP headers'],
    ['without an end'.repeat(80_000), `malformed HTTP response "${'without an end'.repeat(15).slice(0, 200)}"`],
  ];
  for (const [answer, reason] of refusals) {
    it(`is not made by an HTTP proxy that says ${JSON.stringify(answer).slice(0, 50)}`, async () => {
      const proxy = closing(await badProxy(answer));
      const error = await failure(`http://127.0.0.1:${proxy.port}`);
      assert.deepEqual(error, new ConnectionError(`Unable to connect to the server: ${reason}`));
    });
  }

  it('is not made for a name or a password that SOCKS has no room for', async () => {
    const proxy = closing(await socksProxy(1, 'secret'));
    const long = 'a'.repeat(256);
    for (const who of [`${long}:secret`, `somebody:${long}`]) {
      const error = await failure(`socks5://${who}@127.0.0.1:${proxy.port}`);
      assert.deepEqual(error, new ConnectionError('Unable to connect to the server: invalid username/password'));
    }
  });

  it('is not made by an https proxy either that says such things', async () => {
    for (const [answer, reason] of [
      ['HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n', 'Proxy Authentication Required'],
      ['HTTP/1.1 502 Bad Gateway\r\n\r\n', 'Bad Gateway'],
      ['end', 'unexpected EOF'],
    ] as const) {
      const proxy = closing(await badTlsProxy(answer));
      const error = await failure(`https://127.0.0.1:${proxy.port}`);
      assert.deepEqual(error, new ConnectionError(`Unable to connect to the server: ${reason}`));
    }
  });

  const noAuthentication = [5, 0];
  const passwordAsked = [5, 2];
  const nowhere = [0, 1, 0, 0, 0, 0, 0, 0];
  const socksRefusals: [url: string, answers: (string | number[])[], reason: string][] = [
    ['', [[5, 255]], 'no acceptable authentication methods'],
    ['', [[4, 0]], 'unexpected protocol version'],
    ['', ['HTTP/1.1 400 Bad Request\r\n\r\n'], 'unexpected protocol version'],
    ['', ['end'], 'EOF'],
    ['', [passwordAsked, [1, 1]], 'username/password authentication failed'],
    ['a:b@', [[5, 1]], 'unsupported authentication method'],
    ['a:b@', [passwordAsked, [1, 1]], 'username/password authentication failed'],
    ['', [noAuthentication, 'end'], 'EOF'],
    ['', [noAuthentication, [5, 1, ...nowhere]], 'unknown error general SOCKS server failure'],
    ['', [noAuthentication, [5, 2, ...nowhere]], 'unknown error connection not allowed by ruleset'],
    ['', [noAuthentication, [5, 4, ...nowhere]], 'unknown error host unreachable'],
    ['', [noAuthentication, [5, 9, ...nowhere]], 'unknown error unknown code'],
    ['', [noAuthentication, [4, 0, ...nowhere]], 'unexpected protocol version'],
  ];
  for (const [user, answers, reason] of socksRefusals) {
    it(`is not made by a SOCKS proxy for ${user || 'nobody'} that says ${JSON.stringify(answers)}`, async () => {
      const proxy = closing(await badProxy(...answers));
      const error = await failure(`socks5://${user}127.0.0.1:${proxy.port}`);
      const prefix = `Unable to connect to the server: socks connect tcp 127.0.0.1:${proxy.port}->kubernetes.test:6443: `;
      assert.deepEqual(error, new ConnectionError(prefix + reason));
    });
  }

  const refused =
    'The connection to the server kubernetes.test:6443 was refused - did you specify the right host or port?';

  it('is refused in the name of the server, whoever refuses', async () => {
    const gone = await badProxy();
    gone.close();
    for (const scheme of ['http', 'https', 'socks5']) {
      assert.equal((await failure(`${scheme}://127.0.0.1:${gone.port}`)).message, refused, scheme);
    }
    const refusing = closing(await badProxy(noAuthentication, [5, 5, ...nowhere]));
    assert.equal((await failure(`socks5://127.0.0.1:${refusing.port}`)).message, refused);
  });

  it('needs a proxy whose name is known', async () => {
    // Too long for a label: no name server is asked.
    const unknown = `${'a'.repeat(64)}.test`;
    for (const scheme of ['http', 'https', 'socks5']) {
      const { message } = await failure(`${scheme}://${unknown}:3128`);
      const words = `^Unable to connect to the server: proxyconnect tcp: dial tcp: lookup ${unknown}.*: no such host$`;
      assert.match(message, new RegExp(words), scheme);
    }
  });

  it('is reset in the words of Go', async () => {
    const proxy = closing(await badProxy(null));
    const { message } = await failure(`http://127.0.0.1:${proxy.port}`);
    const reset = `127.0.0.1:${proxy.port}: read: connection reset by peer`;
    assert.equal(message.replace(/127\.0\.0\.1:\d+->/, ''), `Unable to connect to the server: read tcp ${reset}`);
  });

  it('is not waited for without an end', async () => {
    const silent = closing(await badProxy());
    for (const [scheme, server, only, reason] of [
      ['https', kubernetes, { handshake: 20 }, 'proxyconnect tcp: net/http: TLS handshake timeout'],
      ['https', 'http://kubernetes.test', { handshake: 20 }, 'proxyconnect tcp: net/http: TLS handshake timeout'],
      ['http', kubernetes, { answer: 20 }, 'context deadline exceeded'],
    ] as const) {
      const error = await failure(`${scheme}://127.0.0.1:${silent.port}`, server, only);
      assert.deepEqual(error, new ConnectionError(`Unable to connect to the server: ${reason}`));
    }
    const secure = closing(await badTlsProxy());
    for (const options of [{}, { ca: [], rejectUnauthorized: false }]) {
      const only = { handshake: 300, answer: 450 };
      const { message } = await failure(`https://127.0.0.1:${secure.port}`, kubernetes, only, options);
      assert.match(message, /: context deadline exceeded$/);
    }
    const { message } = await failure(`socks5://127.0.0.1:${silent.port}`, kubernetes, { answer: 20 });
    assert.match(message, /: context deadline exceeded$/);
    const forward = closing(await httpProxy('http', silent.port));
    const { code } = await failure(`http://127.0.0.1:${forward.port}`, kubernetes, { handshake: 20 });
    assert.equal(code, 'ERR_TLS_HANDSHAKE_TIMEOUT');
  });

  it('that is being made ends with its agent', async () => {
    for (const [scheme, server] of [
      ['http', kubernetes],
      ['https', kubernetes],
      ['socks5', kubernetes],
    ] as const) {
      const proxy = closing(await badProxy());
      const url = `${scheme}://127.0.0.1:${proxy.port}`;
      const agent = await agentOf(url, server);
      const outcome = ask(url, server, agent).catch((error: unknown) => error);
      await proxy.told();
      agent.destroy();
      assert.ok((await outcome) instanceof Error);
      await proxy.left();
      const late = ask(url, server, agent).catch((error: unknown) => error);
      assert.ok((await late) instanceof Error);
    }
  });

  it('is not made once its agent is closed', async () => {
    const proxy = closing(await badProxy());
    const url = `http://127.0.0.1:${proxy.port}`;
    const agent = await agentOf(url, kubernetes);
    agent.destroy();
    assert.ok((await ask(url, kubernetes, agent).catch((error: unknown) => error)) instanceof Error);
    // The proxy accepts connections in their order.
    const next = connect(proxy.port, '127.0.0.1');
    closing({ close: () => next.destroy() });
    next.write('hello');
    await proxy.told();
    assert.equal(proxy.connections(), 1);
  });
});
