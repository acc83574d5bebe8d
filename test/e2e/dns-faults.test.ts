import assert from 'node:assert/strict';
import { sharedStand } from '../runner/stand-variables.ts';
import { findingsOf, nameOf, told, verdictsOf } from './dns/document.ts';
import { resolved } from './dns/resolver.ts';
import { addressesOf, published, service, set } from './dns/sets.ts';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl, sts } from './kubectl.ts';
import { lookingIn } from './looking.ts';
import { ownNamespace } from './namespace.ts';

const never = { 'stand.kubectl-sts/unready': 'true' };

describe('a name that is not right because of', () => {
  const namespace = ownNamespace('faults');
  const { first, change, copied } = lookingIn(namespace);
  const names = (name: string, ...args: string[]) => told([name, '-n', namespace, ...args]);

  /** That a second resolver, too, finds nothing under the name. */
  async function isNotThere(name: string): Promise<void> {
    assert.equal((await resolved(sharedStand().dnsPort, name, 'A')).code, 'ENOTFOUND', name);
  }

  /** Waits until the pods are there, ready or not. */
  async function running(...pods: string[]): Promise<void> {
    await eventually(`pods ${pods.join(', ')}`, async () => {
      for (const pod of pods) {
        const { items } = await getJson<{ items: { metadata: { name: string }; status: { podIP?: string } }[] }>([
          'pods',
          '-n',
          namespace,
        ]);
        assert.ok(
          items.some(({ metadata, status }) => metadata.name === pod && status.podIP),
          pod,
        );
      }
    });
  }

  it('a pod that is not ready', async () => {
    await apply(namespace, [service('lame'), set('lame')]);
    await published(namespace, 'lame', ['lame-0', 'lame-1']);
    await kubectl(['annotate', 'pod', 'lame-1', '-n', namespace, 'stand.kubectl-sts/unready=true']);
    await published(namespace, 'lame', ['lame-0']);
    await eventually('CoreDNS has followed', () => isNotThere(`lame-1.lame.${namespace}.svc.cluster.local`));
    const seen = await names('lame');
    assert.deepEqual(verdictsOf(seen), { 'lame-0': ['ok'], 'lame-1': ['notPublished'], lame: ['ok'] });
    const lame = nameOf(seen, 'lame-1');
    assert.deepEqual(lame.unpublished, { kind: 'notReady' });
    assert.deepEqual(lame.expected, []);
    assert.deepEqual(
      lame.answers.map(({ outcome }) => outcome),
      ['NXDOMAIN', 'NXDOMAIN'],
    );
    assert.equal(seen.code, 1);
    assert.deepEqual(seen.document.findings, [], 'one pod that restarts is nothing to warn of');

    const { stdout } = await sts(['dns', 'lame', '-n', namespace]);
    const row = stdout
      .split('\n')
      .find((line) => line.startsWith('lame-1'))
      ?.split(/ {2,}/);
    assert.deepEqual(row?.slice(2), ['-', 'NXDOMAIN', '-', 'not published: the pod is not ready']);
    // One name that is right does not make the others so.
    assert.equal((await names('lame', '--pod', '0')).code, 0);
    assert.equal((await names('lame', '--pod', '1')).code, 1);
  });

  it('pods none of which is ready, which can be because they are hidden from each other', async () => {
    await apply(namespace, [service('strangers'), set('strangers', { annotations: never })]);
    await running('strangers-0', 'strangers-1');
    const seen = await names('strangers');
    const pods = ['strangers-0', 'strangers-1'];
    assert.deepEqual(seen.document.findings, [{ kind: 'hidesNotReadyPods', pods }]);
    for (const pod of pods) assert.deepEqual(verdictsOf(seen)[pod], ['notPublished']);
    assert.match(seen.stderr, /^warning: strangers: .* publishNotReadyAddresses$/m);
    assert.equal(seen.code, 1);
    // As the hint says.
    const publish = '{"spec":{"publishNotReadyAddresses":true}}';
    await kubectl(['patch', 'service', 'strangers', '-n', namespace, '-p', publish]);
    const after = await names('strangers', '--wait');
    assert.deepEqual([after.code, after.document.findings], [0, []]);
  });

  it('a pod that is being terminated', async () => {
    await apply(namespace, [
      service('ending'),
      set('ending', { replicas: 1, annotations: { 'stand.kubectl-sts/end-after': '8760h' } }),
    ]);
    await published(namespace, 'ending', ['ending-0']);
    await kubectl(['delete', 'pod', 'ending-0', '-n', namespace, '--wait=false']);
    await published(namespace, 'ending', []);
    const name = `ending-0.ending.${namespace}.svc.cluster.local`;
    await eventually('CoreDNS has followed', () => isNotThere(name));
    const seen = await names('ending');
    await kubectl(['delete', 'statefulset', 'ending', '-n', namespace, '--cascade=orphan']);
    await kubectl(['delete', 'pod', 'ending-0', '-n', namespace, '--force', '--grace-period=0']);
    assert.deepEqual(verdictsOf(seen)['ending-0'], ['notPublished']);
    assert.deepEqual(nameOf(seen, 'ending-0').unpublished, { kind: 'terminating' });
    assert.equal(seen.code, 1);
  });

  it('a pod that was never made', async () => {
    const ordered = set('ordered', { annotations: never }) as { spec: { podManagementPolicy?: string } };
    delete ordered.spec.podManagementPolicy;
    await apply(namespace, [service('ordered'), ordered]);
    await running('ordered-0');
    const seen = await names('ordered');
    assert.deepEqual(verdictsOf(seen), {
      'ordered-0': ['notPublished'],
      'ordered-1': ['notPublished'],
      ordered: ['notPublished'],
    });
    assert.deepEqual(nameOf(seen, 'ordered-1').unpublished, { kind: 'podMissing' });
    assert.deepEqual(nameOf(seen, 'ordered').unpublished, { kind: 'noEndpoints' });
    await isNotThere(`ordered.${namespace}.svc.cluster.local`);
    assert.equal(seen.code, 1);
  });

  it('a governing Service that is missing', async () => {
    await apply(namespace, [set('alone')]);
    await running('alone-0', 'alone-1');
    const seen = await names('alone');
    assert.deepEqual(findingsOf(seen), ['serviceMissing']);
    for (const subject of ['alone-0', 'alone-1']) {
      assert.deepEqual(verdictsOf(seen)[subject], ['notPublished']);
      assert.deepEqual(nameOf(seen, subject).unpublished, { kind: 'serviceMissing' });
      await isNotThere(`${subject}.alone.${namespace}.svc.cluster.local`);
    }
    assert.equal(seen.code, 1);
    assert.match(seen.stderr, /^warning: alone: its Service alone is missing: create it/m);
  });

  it('a selector that misses the pods', async () => {
    await apply(namespace, [service('astray', { selector: { app: 'somewhere-else' } }), set('astray')]);
    await running('astray-0', 'astray-1');
    const seen = await names('astray');
    assert.deepEqual(findingsOf(seen), ['selectorMissesPods']);
    assert.deepEqual(verdictsOf(seen)['astray-0'], ['notPublished']);
    assert.deepEqual(nameOf(seen, 'astray-0').unpublished, { kind: 'notSelected' });
    await isNotThere(`astray-0.astray.${namespace}.svc.cluster.local`);
    assert.equal(seen.code, 1);
  });

  it('a selector that misses one of the pods', async () => {
    await apply(namespace, [service('partly'), set('partly')]);
    await published(namespace, 'partly', ['partly-0', 'partly-1']);
    await kubectl(['patch', 'service', 'partly', '-n', namespace, '-p', '{"spec":{"selector":{"only":"one"}}}']);
    await kubectl(['label', 'pod', 'partly-1', '-n', namespace, 'only=one']);
    await published(namespace, 'partly', ['partly-1']);
    await eventually('CoreDNS has followed', () => isNotThere(`partly-0.partly.${namespace}.svc.cluster.local`));
    const seen = await names('partly');
    assert.deepEqual(verdictsOf(seen), { 'partly-0': ['notPublished'], 'partly-1': ['ok'], partly: ['ok'] });
    assert.deepEqual(nameOf(seen, 'partly-0').unpublished, { kind: 'notSelected' });
    assert.equal(seen.code, 1);
  });

  it('a set without serviceName', async () => {
    await apply(namespace, [set('nameless', { serviceName: undefined })]);
    await running('nameless-0', 'nameless-1');
    const seen = await names('nameless');
    assert.equal(seen.document.serviceName, undefined);
    assert.deepEqual(findingsOf(seen), ['noServiceName']);
    assert.equal(seen.code, 1);
    assert.match(seen.stderr, /^warning: nameless: it has no spec\.serviceName/m);
  });

  it('a pod that was adopted, and has the subdomain of before', async () => {
    await apply(namespace, [service('before', { selector: { app: 'adopted' } }), service('adopted')]);
    await apply(namespace, [set('adopted', { replicas: 1, serviceName: 'before' })]);
    await published(namespace, 'before', ['adopted-0']);
    await kubectl(['delete', 'statefulset', 'adopted', '-n', namespace, '--cascade=orphan']);
    await apply(namespace, [set('adopted', { replicas: 1 })]);
    await eventually('the pod is adopted', async () => {
      const { metadata } = await getJson<{ metadata: { ownerReferences?: object[] } }>([
        'pod/adopted-0',
        '-n',
        namespace,
      ]);
      assert.equal(metadata.ownerReferences?.length, 1);
    });
    await isNotThere(`adopted-0.adopted.${namespace}.svc.cluster.local`);
    const seen = await names('adopted');
    assert.deepEqual(verdictsOf(seen), { 'adopted-0': ['notPublished'], adopted: ['ok'] });
    const { unpublished } = nameOf(seen, 'adopted-0');
    assert.deepEqual(unpublished, { kind: 'otherHostname', hostname: 'adopted-0', subdomain: 'before' });
    assert.equal(seen.code, 1);
    // The diagnosis says what gives it its name.
    const cause = await first('adopted', 'otherSubdomain', /gives adopted-0 no DNS name: its subdomain is before; /);
    const { command, cost } = change(cause, /./);
    assert.equal(command, `kubectl sts roll adopted --ordinals 0 -n ${namespace}`);
    assert.match(cost, /; a name of the pod below before stops resolving$/);
    await copied(command);
    const rolled = await names('adopted', '--wait');
    assert.deepEqual([rolled.code, verdictsOf(rolled)['adopted-0']], [0, ['ok']]);
    await eventually('CoreDNS has followed', () => isNotThere(`adopted-0.before.${namespace}.svc.cluster.local`));
  });

  it('an ExternalName in place of the governing Service', async () => {
    const external = { type: 'ExternalName', externalName: 'db.example', clusterIP: undefined, selector: undefined };
    await apply(namespace, [service('outside', external), set('outside', { replicas: 1 })]);
    await running('outside-0');
    const seen = await names('outside');
    assert.deepEqual(seen.document.findings, [{ kind: 'externalName', target: 'db.example' }]);
    assert.notDeepEqual(verdictsOf(seen)['outside-0'], ['ok']);
    assert.equal(seen.code, 1);
  });

  it('a Service without selector, whose pods nobody looks at', async () => {
    const slice = (name: string, ip: string) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, labels: { 'kubernetes.io/service-name': 'kept' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ip], hostname: 'kept-0', conditions: {} }],
      ports: [{ name: 'db', port: 5432, protocol: 'TCP' }],
    });
    await apply(namespace, [service('kept', { selector: undefined }), set('kept', { annotations: never })]);
    await running('kept-0', 'kept-1');
    const { spec } = await getJson<{ spec: { ipFamilies: string[] } }>(['service/kept', '-n', namespace]);
    assert.deepEqual(spec.ipFamilies, ['IPv4', 'IPv6'], 'as the API server has it');
    const own = (await addressesOf(namespace, 'kept-0')).find((address) => !address.includes(':')) ?? '';
    await apply(namespace, [slice('kept', own)]);
    const name = `kept-0.kept.${namespace}.svc.cluster.local`;
    await eventually('CoreDNS gives what the slice says', async () => {
      assert.deepEqual((await resolved(sharedStand().dnsPort, name, 'A')).addresses, [own]);
    });
    const seen = await names('kept');
    assert.deepEqual(verdictsOf(seen), { 'kept-0': ['ok'], 'kept-1': ['notPublished'], kept: ['ok'] });
    assert.deepEqual(seen.document.findings, [{ kind: 'noSelector' }]);
    const [first] = seen.document.names;
    assert.deepEqual([first?.families, first?.findings], [['IPv4'], []]);
    const { stdout, stderr } = await sts(['dns', 'kept', '-n', namespace]);
    assert.match(stdout, /^kept-1 .* not published: no EndpointSlice has the pod; see /m);
    assert.doesNotMatch(stdout + stderr, /ready|IPv6/);
    assert.equal((await names('kept', '--pod', '0')).code, 0);
  });

  it('an EndpointSlice that has another address than the pod', async () => {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'by-hand', labels: { 'kubernetes.io/service-name': 'by-hand' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['203.0.113.7'], hostname: 'by-hand-0', conditions: { ready: true } }],
      ports: [{ name: 'db', port: 5432, protocol: 'TCP' }],
    };
    await apply(namespace, [service('by-hand', { selector: undefined }), set('by-hand', { replicas: 1 }), slice]);
    await running('by-hand-0');
    const name = `by-hand-0.by-hand.${namespace}.svc.cluster.local`;
    await eventually('CoreDNS gives what the slice says', async () => {
      assert.deepEqual((await resolved(sharedStand().dnsPort, name, 'A')).addresses, ['203.0.113.7']);
    });
    const seen = await names('by-hand');
    assert.ok(findingsOf(seen).includes('noSelector'), JSON.stringify(seen.document.findings));
    const [finding] = nameOf(seen, 'by-hand-0').findings;
    const pod = await addressesOf(namespace, 'by-hand-0');
    assert.deepEqual(finding, { kind: 'sliceDiffersFromPod', slice: ['203.0.113.7'], pod });
  });
});
