import assert from 'node:assert/strict';
import { type Block, type CoreDns, reverse, startCoreDns } from './dns/coredns.ts';
import { nameOf, type Told, told, verdictsOf } from './dns/document.ts';
import { dnsServices } from './dns/pods.ts';
import { srvRecords } from './dns/resolver.ts';
import { addressesOf, published, service, set } from './dns/sets.ts';
import { resolvedOnce } from './dns/settled.ts';
import { apply, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';

/** A zone in which only Services of kube-system resolve, as in another cluster's that has the same DNS Service. */
const far: Block = {
  serves: ['far.example', ...reverse],
  zones: ['far.example', ...reverse],
  options: ['namespaces kube-system'],
};

describe('a CoreDNS whose Corefile', () => {
  const namespace = ownNamespace('corefiles');
  /** With a ConfigMap each. */
  const [several, foreign, only] = ['several', 'foreign', 'only'].map((name) => ownNamespace(`corefiles-${name}`));
  const running: CoreDns[] = [];

  /** What `--dns-service` takes, and the port of loopback. */
  async function serving(where: string, name: string, blocks: Block[], domain: string, spec: object = {}) {
    const server = await startCoreDns({ domain, blocks });
    running.push(server);
    const services = await dnsServices(where, { [name]: [server.port] }, spec);
    return { service: services[name] ?? '', port: server.port };
  }

  before(async () => {
    await apply(namespace, [service('web'), set('web')]);
    await published(namespace, 'web', ['web-0', 'web-1']);
  });

  after(() => {
    for (const server of running) server.end();
  });

  const configured = (where: string, Corefile: string) =>
    apply(where, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'coredns' }, data: { Corefile } }]);
  const names = (...args: string[]) => told(['web', '-n', namespace, ...args]);
  const known = (port: number, domain: string) =>
    resolvedOnce(
      port,
      ['web-0.web', 'web-1.web', 'web'].map((name) => `${name}.${namespace}.svc.${domain}`),
    );

  function isRight(seen: Told, domain: string): void {
    assert.deepEqual(verdictsOf(seen), { 'web-0': ['ok'], 'web-1': ['ok'], web: ['ok'] }, seen.stderr);
    assert.equal(nameOf(seen, 'web-0').name, `web-0.web.${namespace}.svc.${domain}`);
    assert.equal(seen.document.clusterDomain.name, domain);
    assert.equal(seen.code, 0);
  }

  it('leads to another cluster first is asked in the zone of its own cluster', async () => {
    const own: Block = { serves: ['.'], zones: ['cluster.local'] };
    const { service: dns, port } = await serving(foreign ?? '', 'dns', [far, own], 'far.example');
    await configured(
      foreign ?? '',
      'far.example:53 {\n kubernetes far.example {\n  endpoint https://far.example:6443\n }\n}\n.:53 {\n kubernetes cluster.local in-addr.arpa {\n  pods insecure\n }\n}\n',
    );
    await known(port, 'cluster.local');
    const seen = await names('--dns-service', dns);
    isRight(seen, 'cluster.local');
    assert.equal(seen.document.clusterDomain.from, `ConfigMap ${foreign}/coredns`);
  });

  it('has several zones is asked in the one in which the namespace is served, not in that of its DNS Service', async () => {
    const own: Block = { serves: ['.'], zones: ['corp.example'] };
    const { service: dns, port } = await serving(several ?? '', 'dns', [far, own], 'far.example');
    await configured(several ?? '', '.:53 {\n kubernetes far.example corp.example\n}\n');
    await known(port, 'corp.example');
    const seen = await names('--dns-service', dns);
    isRight(seen, 'corp.example');
    assert.equal(seen.document.clusterDomain.from, `the answer of dns-0 for Service ${namespace}/web`);
    assert.equal(seen.document.clusterDomain.others, undefined);
    // By another path the same is asked.
    const direct = await names(
      '--via',
      'direct',
      '--dns-server',
      `127.0.0.1:${port}`,
      '--cluster-domain',
      'corp.example',
    );
    isRight(direct, 'corp.example');
  });

  it('has two zones for the same cluster is right in both, and says so', async () => {
    const both: Block = { serves: ['.'], zones: ['b.example', 'a.example', ...reverse] };
    const { service: dns, port } = await serving(only ?? '', 'dns', [both], 'b.example');
    await configured(only ?? '', '.:53 {\n kubernetes a.example b.example\n}\n');
    await known(port, 'a.example');
    const seen = await names('--dns-service', dns);
    // The first one of the plugin, as the name of the DNS Service's address says.
    isRight(seen, 'b.example');
    assert.deepEqual(seen.document.clusterDomain.others, ['a.example']);
  });

  describe('calls endpoints without hostname', () => {
    /** Pods with the subdomain of another Service: adopted by a set that was made anew. */
    async function adopted(name: string): Promise<void> {
      await apply(namespace, [service(`old-${name}`, { selector: { app: name } }), service(name)]);
      await apply(namespace, [set(name, { serviceName: `old-${name}` })]);
      await published(namespace, name, [`${name}-0`, `${name}-1`]);
      await kubectl(['delete', 'statefulset', name, '-n', namespace, '--cascade=orphan']);
      await apply(namespace, [set(name)]);
    }
    const at = (name: string, dns: string, ...args: string[]) =>
      told([name, '-n', namespace, '--dns-service', dns, '--srv', '--cluster-domain', 'cluster.local', ...args]);

    before(() => adopted('taken'));

    it('by their pods, as with endpoint_pod_names: the names resolve, and no record is wrong', async () => {
      const blocks = [{ serves: ['.'], zones: ['cluster.local', ...reverse], options: ['endpoint_pod_names'] }];
      const { service: dns, port } = await serving(namespace, 'podnames', blocks, 'cluster.local');
      await resolvedOnce(port, [`taken-1.taken.${namespace}.svc.cluster.local`]);
      const seen = await at('taken', dns, '--wait', '--timeout', '20s');
      assert.deepEqual(verdictsOf(seen), {
        'taken-0': ['resolvesUnpublished'],
        'taken-1': ['resolvesUnpublished'],
        taken: ['ok'],
      });
      const first = nameOf(seen, 'taken-0');
      assert.deepEqual(first.unpublished, { kind: 'otherHostname', hostname: 'taken-0', subdomain: 'old-taken' });
      assert.deepEqual(first.answers[0]?.addresses, [(await addressesOf(namespace, 'taken-0'))[0]]);
      const [srv] = nameOf(seen, 'taken').records ?? [];
      assert.deepEqual([srv?.type, srv?.port, srv?.outcome], ['SRV', 'db', 'right']);
      // As a second resolver says.
      const records = await srvRecords(port, `_db._tcp.taken.${namespace}.svc.cluster.local`);
      assert.deepEqual(
        srv?.answers[0]?.values,
        records.map((record) => `${record.name}:${record.port}`),
      );
      assert.equal(seen.code, 0, seen.stderr);
    });

    it('by their addresses: the pods’ names are not there, and the SRV records are right all the same', async () => {
      const blocks = [{ serves: ['.'], zones: ['cluster.local', ...reverse] }];
      const { service: dns, port } = await serving(namespace, 'dashed', blocks, 'cluster.local');
      await resolvedOnce(port, [`taken.${namespace}.svc.cluster.local`]);
      const seen = await at('taken', dns);
      assert.deepEqual(verdictsOf(seen), {
        'taken-0': ['notPublished'],
        'taken-1': ['notPublished'],
        taken: ['ok'],
      });
      const [srv] = nameOf(seen, 'taken').records ?? [];
      assert.equal(srv?.outcome, 'right');
      const dashed = ((await addressesOf(namespace, 'taken-0'))[0] ?? '').replaceAll('.', '-');
      assert.ok(
        srv.answers[0]?.values.some((value) => value.startsWith(`${dashed}.taken.`)),
        JSON.stringify(srv),
      );
      assert.equal(seen.code, 1);
    });
  });

  it('has a second zone gives the names of the first for addresses, which is no fault', async () => {
    const blocks = [{ serves: ['.'], zones: ['first.example', 'second.example', ...reverse] }];
    const { service: dns, port } = await serving(namespace, 'second', blocks, 'first.example');
    await known(port, 'second.example');
    const seen = await names('--dns-service', dns, '--cluster-domain', 'second.example', '--ptr', '--srv');
    isRight(seen, 'second.example');
    const [ptr] = nameOf(seen, 'web-0').records ?? [];
    assert.deepEqual([ptr?.type, ptr?.outcome], ['PTR', 'right']);
    assert.deepEqual(ptr?.answers[0]?.values, [`web-0.web.${namespace}.svc.first.example`]);
  });

  it('has a domain of its own, and a DNS Service of IPv6, tells the domain by its answers', async () => {
    const own: Block = { serves: ['.'], zones: ['home.example', ...reverse] };
    const spec = { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' };
    const { service: dns, port } = await serving(namespace, 'six', [own], 'home.example', spec);
    await known(port, 'home.example');
    const seen = await names('--dns-service', dns);
    isRight(seen, 'home.example');
    assert.equal(seen.document.clusterDomain.from, `the answer of six-0 for Service ${namespace}/web`);
  });

  it('has a zone that nobody tells leaves the domain undetermined, and the names unjudged', async () => {
    const hidden: Block = { serves: ['hidden.example'], zones: ['hidden.example'] };
    const { service: dns, port } = await serving(namespace, 'hidden', [hidden], 'hidden.example');
    await known(port, 'hidden.example');
    for (const path of [
      ['--dns-service', dns],
      ['--via', 'direct', '--dns-server', `127.0.0.1:${port}`],
    ]) {
      const seen = await names(...path);
      assert.deepEqual(
        Object.values(verdictsOf(seen)).flat(),
        Array.from({ length: 3 }, () => 'domainUndetermined'),
      );
      assert.equal(nameOf(seen, 'web-0').name, `web-0.web.${namespace}.svc`);
      assert.match(
        seen.document.clusterDomain.undetermined ?? '',
        new RegExp(`^no server gives an address for Service ${namespace}/.* in cluster\\.local$`),
      );
      assert.equal(seen.code, 2);
    }
    const given = await names('--dns-service', dns, '--cluster-domain', 'hidden.example');
    isRight(given, 'hidden.example');
  });

  it('is not there is not asked by --via none, and is read where it is', async () => {
    const seen = await names('--via', 'none');
    assert.deepEqual(seen.document.clusterDomain, {
      name: 'cluster.local',
      from: 'ConfigMap kube-system/coredns',
    });
    const { stdout, code } = await sts(['dns', 'web', '-n', namespace, '--via', 'none', '-o', 'name', '--pod', '0']);
    assert.deepEqual([stdout, code], [`web-0.web.${namespace}.svc.cluster.local\n`, 0]);
  });
});
