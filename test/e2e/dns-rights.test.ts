import assert from 'node:assert/strict';
import type { Rule } from '../runner/documented.ts';
import { requestsOfPlugin } from './audit-log.ts';
import { nameOf, told, verdictsOf } from './dns/document.ts';
import { addressesOf, published, service, set } from './dns/sets.ts';
import { apply, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { hasRight, userWith } from './user.ts';

const read = ['get', 'list'];
const sets: Rule = { apiGroups: ['apps'], resources: ['statefulsets'], verbs: read };
const pods: Rule = { apiGroups: [''], resources: ['pods'], verbs: read };
const services: Rule = { apiGroups: [''], resources: ['services'], verbs: read };
const slices: Rule = { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read };
const configMaps: Rule = { apiGroups: [''], resources: ['configmaps'], verbs: read };
const forward = (...verbs: string[]): Rule => ({ apiGroups: [''], resources: ['pods/portforward'], verbs });
const all = [sets, pods, services, slices];

describe('a user without all rights who asks for names', () => {
  const namespace = ownNamespace('dns-rights');

  before(async () => {
    await apply(namespace, [service('web'), set('web')]);
    await published(namespace, 'web', ['web-0', 'web-1']);
  });

  const rolesElsewhere: string[] = [];

  after(async () => {
    await kubectl(['delete', 'role,rolebinding', ...rolesElsewhere, '-n', 'kube-system', '--wait=false']);
  });

  /** Rights in kube-system besides, for a user of the namespace. */
  async function inKubeSystem(user: string, kubeconfig: string, rules: Rule[]): Promise<void> {
    const name = `${namespace}-${user}`;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
    await apply('kube-system', [
      { apiVersion, kind: 'Role', metadata: { name }, rules },
      {
        apiVersion,
        kind: 'RoleBinding',
        metadata: { name },
        roleRef,
        subjects: [{ kind: 'ServiceAccount', name: user, namespace }],
      },
    ]);
    await hasRight(kubeconfig, 'kube-system', rules[0]);
    rolesElsewhere.push(name);
  }

  async function refused(kubeconfig: string, ...args: string[]): Promise<string> {
    let ran = { stdout: '', stderr: '', code: 0 as number | null };
    // Each user's name holds that of the namespace.
    const requests = await requestsOfPlugin(namespace, async () => {
      ran = await sts(['dns', 'web', '-n', namespace, ...args], { kubeconfig });
    });
    assert.deepEqual([ran.stdout, ran.code], ['', 2], ran.stderr);
    const streams = requests.filter(({ requestURI }) => /\/(portforward|exec)\b/.test(requestURI));
    assert.deepEqual(streams, [], 'no other path is taken silently');
    return ran.stderr;
  }

  it('who may not read the DNS server’s configuration learns the domain from its answers', async () => {
    const kubeconfig = await userWith(namespace, 'no-configmaps', all);
    await inKubeSystem('no-configmaps', kubeconfig, [services, slices, forward('get', 'create')]);
    const seen = await told(['web', '-n', namespace], { kubeconfig });
    assert.equal(seen.code, 0, seen.stderr);
    assert.equal(seen.document.clusterDomain.name, 'cluster.local');
    assert.match(seen.document.clusterDomain.from ?? '', /^the answer of coredns-\S+ for Service \S+\/web$/);
  });

  it('who may not port-forward is told the rights that are missing', async () => {
    const kubeconfig = await userWith(namespace, 'no-forward', all);
    await inKubeSystem('no-forward', kubeconfig, [services, slices, configMaps]);
    const stderr = await refused(kubeconfig);
    assert.match(
      stderr,
      /^error: [^\n]*get pods\/portforward and create pods\/portforward in namespace kube-system[^\n]*\n$/,
    );
  });

  it('who has no rights in kube-system is told what could not be read there', async () => {
    const kubeconfig = await userWith(namespace, 'outside', all);
    const stderr = await refused(kubeconfig);
    const judge = await tryKubectl(['get', 'services', '-n', 'kube-system'], { kubeconfig });
    const why = judge.stderr.trim();
    assert.match(why, /services is forbidden/);
    assert.ok(stderr.startsWith(why), `${stderr}\n${why}`);
    // What is left to them.
    const seen = await told(['web', '-n', namespace, '--via', 'none'], { kubeconfig });
    assert.deepEqual(nameOf(seen, 'web-0').expected, [(await addressesOf(namespace, 'web-0'))[0]]);
    assert.equal(nameOf(seen, 'web-0').name, `web-0.web.${namespace}.svc`);
    assert.equal(seen.document.clusterDomain.undetermined, 'ConfigMap kube-system/coredns may not be read');
  });

  it('who may not exec is told so when asking from inside a pod', async () => {
    const kubeconfig = await userWith(namespace, 'no-exec', all);
    const stderr = await refused(kubeconfig, '--via', 'exec');
    assert.match(stderr, /get pods\/exec and create pods\/exec/);
    assert.match(stderr, new RegExp(`namespace ${namespace}`));
  });

  it('who may not read EndpointSlices is told what is unknown, and nothing is called right', async () => {
    const kubeconfig = await userWith(namespace, 'no-slices', [sets, pods, services]);
    await inKubeSystem('no-slices', kubeconfig, [services, slices, configMaps, forward('get', 'create')]);
    const seen = await told(['web', '-n', namespace], { kubeconfig });
    assert.deepEqual(seen.document.findings, [{ kind: 'slicesUnknown', why: 'forbidden' }]);
    assert.ok(!JSON.stringify(verdictsOf(seen)).includes('"ok"'), JSON.stringify(verdictsOf(seen)));
    assert.equal(seen.code, 2);
    assert.match(seen.stderr, /list endpointslices\.discovery\.k8s\.io/);
  });
});
