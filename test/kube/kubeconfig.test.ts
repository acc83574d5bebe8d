import assert from 'node:assert/strict';
import { connect } from '../../src/kube/kubeconfig.ts';
import { secretToken, temporaryFiles } from './kubeconfig-file.ts';

const clusters = `apiVersion: v1
kind: Config
clusters:
- { name: one, cluster: { server: 'https://one.example:6443' } }
- { name: two, cluster: { server: 'https://two.example' } }
users:
- { name: admin, user: { token: ${secretToken} } }
- { name: basic, user: { username: me, password: ${secretToken} } }
contexts:
- { name: first, context: { cluster: one, user: admin } }
- { name: second, context: { cluster: two, user: admin, namespace: shop } }
- { name: basic, context: { cluster: one, user: basic } }
- { name: adrift, context: { cluster: gone, user: admin } }
`;

describe('a kubeconfig', () => {
  const files = temporaryFiles();
  after(() => files.remove());
  const config = (text: string): string => files.write(`config-${Math.random()}`, text);
  const usual = config(`${clusters}current-context: first\n`);

  async function refusal(flags: { kubeconfig: string; context?: string }): Promise<string> {
    const error: unknown = await connect(flags).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error && error.name === 'ConfigError', `a ConfigError, not ${String(error)}`);
    for (const text of [error.message, error.stack, JSON.stringify(error)]) assert.ok(!text?.includes(secretToken));
    return error.message;
  }

  it('says which server, as whom and in which namespace', async () => {
    const { server, namespace, headers } = await connect({ kubeconfig: usual });
    assert.equal(server.href, 'https://one.example:6443/');
    assert.equal(namespace, 'default');
    assert.equal(headers['Authorization'] ?? headers['authorization'], `Bearer ${secretToken}`);
  });

  it('has other contexts, whose namespace counts', async () => {
    const { server, namespace } = await connect({ kubeconfig: usual, context: 'second' });
    assert.equal(server.host, 'two.example');
    assert.equal(namespace, 'shop');
  });

  it('gives way to a namespace that was asked for', async () => {
    const { namespace } = await connect({ kubeconfig: usual, context: 'second', namespace: 'test' });
    assert.equal(namespace, 'test');
  });

  it('may hold a name and a password', async () => {
    const { headers } = await connect({ kubeconfig: usual, context: 'basic' });
    const encoded = Buffer.from(`me:${secretToken}`).toString('base64');
    assert.equal(headers['authorization'], `Basic ${encoded}`);
  });

  it('without the context that was asked for is refused with its name', async () => {
    assert.equal(
      await refusal({ kubeconfig: usual, context: 'nope' }),
      'Error in configuration: context was not found for specified context: nope',
    );
  });

  it('without a current context says how to choose one', async () => {
    assert.match(await refusal({ kubeconfig: config(clusters) }), /^error: current-context is not set.*--context/);
  });

  it('whose context names no cluster is refused with the cluster’s name', async () => {
    assert.match(await refusal({ kubeconfig: usual, context: 'adrift' }), /cluster "gone" does not exist/);
  });

  it('that is not there is refused with its path', async () => {
    assert.match(await refusal({ kubeconfig: '/nowhere/config' }), /\/nowhere\/config/);
  });

  it('that is broken YAML is refused by file and line, without what stands there: it may be a token', async () => {
    const kubeconfig = config(`apiVersion: v1\nusers:\n- name: a\n  user: { token: ${secretToken}\nother: }{\n`);
    const message = await refusal({ kubeconfig });
    assert.match(message, /line \d+/);
  });

  const broken: [what: string, text: string][] = [
    ['empty', ''],
    ['a list', `- token: ${secretToken}\n`],
    ['a plain text', `token ${secretToken}\n`],
    ['made of the wrong types', `clusters: 7\nusers: { token: ${secretToken} }\ncontexts: [1]\ncurrent-context: x\n`],
    ['binary', '\u0000\u0001\u0002'],
    [
      'without a server',
      'clusters: [{name: a, cluster: {}}]\ncontexts: [{name: a, context: {cluster: a, user: b}}]\nusers: [{name: b, user: {}}]\ncurrent-context: a\n',
    ],
    [
      'with broken certificate data',
      `clusters: [{name: a, cluster: {server: "https://a", certificate-authority: /nowhere/ca.pem}}]\ncontexts: [{name: a, context: {cluster: a, user: b}}]\nusers: [{name: b, user: {token: ${secretToken}}}]\ncurrent-context: a\n`,
    ],
  ];
  for (const [what, text] of broken) {
    it(`that is ${what} is refused in one line`, async () => {
      const message = await refusal({ kubeconfig: config(text) });
      assert.doesNotMatch(message.trim(), /\n/);
    });
  }

  it('that is with a server that is no URL is refused in one line', async () => {
    const text =
      'clusters: [{name: a, cluster: {server: "not a url"}}]\ncontexts: [{name: a, context: {cluster: a, user: b}}]\nusers: [{name: b, user: {}}]\ncurrent-context: a\n';
    assert.doesNotMatch(await refusal({ kubeconfig: config(text) }), /\n/);
  });
});
