import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { documented, type Rule } from '../runner/documented.ts';
import { published, service, set } from './dns/sets.ts';
import { eventually } from './eventually.ts';
import { apply, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { done, entrance, podLabel, reaches, rememberedBy, selectorOf, serviceOf } from './pin/services.ts';
import { authority, localhost, localhostKey } from './servers/certificates.ts';
import { userWith } from './user.ts';

const read = ['get', 'list', 'watch'];
const sets: Rule = { apiGroups: ['apps'], resources: ['statefulsets'], verbs: read };
const pods: Rule = { apiGroups: [''], resources: ['pods'], verbs: read };
const services: Rule = { apiGroups: [''], resources: ['services'], verbs: read };
const slices: Rule = { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read };
const write: Rule = { apiGroups: [''], resources: ['services'], verbs: ['patch'] };
const reads = [sets, pods, services, slices];

describe('a write that is not let through', () => {
  const namespace = ownNamespace('pin-rights');
  const name = 'web-lb';

  before(async () => {
    await apply(namespace, [service('web'), set('web'), entrance(name, 'web')]);
    await published(namespace, name, ['web-0', 'web-1']);
  });

  afterEach(() => sts(['unpin', name, '-n', namespace]));

  /** Fails as what could not be done, and changes nothing. */
  async function failed(args: readonly string[], kubeconfig?: string): Promise<string> {
    const before = await serviceOf(namespace, name);
    const ran = await sts([...args, '-n', namespace], kubeconfig === undefined ? {} : { kubeconfig });
    assert.deepEqual([ran.stdout, ran.code], ['', 2], ran.stderr);
    assert.deepEqual(await serviceOf(namespace, name), before);
    return ran.stderr;
  }

  it('is none for who has the role of docs/rbac/pin.yaml, and no more', async () => {
    const kubeconfig = await userWith(namespace, 'enough', documented('kubectl-sts-pin'));
    await done(['pin', name, '1', '-n', namespace], { kubeconfig });
    await reaches(namespace, name, ['web-1']);
    assert.equal(
      rememberedBy(await serviceOf(namespace, name)).user,
      `system:serviceaccount:${namespace}:enough`,
      'who it was is remembered',
    );
    await done(['unpin', name, '-n', namespace], { kubeconfig });
    assert.deepEqual(await selectorOf(namespace, name), { app: 'web' });
  });

  it('for want of the right to patch Services names verb and resource, and that nothing was changed', async () => {
    const kubeconfig = await userWith(namespace, 'no-patch', reads);
    const patch = ['patch', `service/${name}`, '-p', '{"metadata":{"labels":{"a":"b"}}}', '-n', namespace];
    const judge = await tryKubectl(patch, { kubeconfig });
    assert.match(judge.stderr, /cannot patch resource "services"/);
    const pinned = await failed(['pin', name, '1'], kubeconfig);
    assert.match(pinned, /patch/);
    assert.match(pinned, /services/);
    assert.match(pinned, /nothing (was|has been) changed/i);

    await done(['pin', name, '1', '-n', namespace]);
    const unpinned = await failed(['unpin', name], kubeconfig);
    assert.match(unpinned, /patch.*services|services.*patch/s);
    assert.match(unpinned, /nothing (was|has been) changed/i);
    await done(['unpin', name, '-n', namespace]);
  });

  it('by a dry run of the server is told as well', async () => {
    const kubeconfig = await userWith(namespace, 'dry', reads);
    assert.match(await failed(['pin', name, '1', '--dry-run=server'], kubeconfig), /patch/);
    await done(['pin', name, '1', '--dry-run=client', '-n', namespace], { kubeconfig });
  });

  it('is done by who may not read EndpointSlices, who is told that the end is unknown', async () => {
    const kubeconfig = await userWith(namespace, 'no-slices', [sets, pods, services, write]);
    const { stderr } = await sts(['pin', name, '1', '-n', namespace], { kubeconfig });
    assert.match(stderr, /endpointslices/);
    assert.deepEqual(await selectorOf(namespace, name), { app: 'web', [podLabel]: 'web-1' });
    await done(['unpin', name, '-n', namespace], { kubeconfig });
    assert.deepEqual(await selectorOf(namespace, name), { app: 'web' });
  });

  it('by an admission policy gives the policy’s own words, and nothing was changed', async () => {
    const apiVersion = 'admissionregistration.k8s.io/v1';
    const policy = `${namespace}-frozen`;
    const message = 'selectors are frozen until Monday';
    await apply(namespace, [
      {
        apiVersion,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: policy },
        spec: {
          matchConstraints: {
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['services'] }],
          },
          validations: [{ expression: 'object.spec.selector == oldObject.spec.selector', message }],
        },
      },
      {
        apiVersion,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: policy },
        spec: {
          policyName: policy,
          validationActions: ['Deny'],
          matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
        },
      },
    ]);
    try {
      const edit = ['--type=merge', '-p', '{"spec":{"selector":{"tier":"x"}}}', '--dry-run=server'];
      await eventually('a policy in effect', async () => {
        const judge = await tryKubectl(['patch', `service/${name}`, '-n', namespace, ...edit]);
        assert.ok(judge.stderr.includes(message), judge.stderr);
      });
      for (const args of [[], ['--dry-run=server']]) {
        const stderr = await failed(['pin', name, '1', ...args]);
        assert.ok(stderr.includes(message), stderr);
      }
    } finally {
      const both = 'validatingadmissionpolicybinding,validatingadmissionpolicy';
      await kubectl(['delete', both, policy]);
    }
  });

  it('by an admission webhook gives the webhook’s own words, and nothing was changed', async () => {
    const message = 'ask the network team first';
    const webhook = createServer({ cert: localhost, key: localhostKey }, async (request, response) => {
      const { apiVersion, kind, request: review } = (await json(request)) as Review;
      const answer = { uid: review.uid, allowed: false, status: { code: 403, message } };
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ apiVersion, kind, response: answer }));
    });
    await new Promise<void>((listening) => webhook.listen(0, '127.0.0.1', listening));
    const { port } = webhook.address() as AddressInfo;
    const configuration = `${namespace}-network`;
    await apply(namespace, [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: configuration },
        webhooks: [
          {
            name: 'network.example.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: {
              url: `https://127.0.0.1:${port}/services`,
              caBundle: Buffer.from(authority).toString('base64'),
            },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['services'] }],
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          },
        ],
      },
    ]);
    try {
      const edit = ['--type=merge', '-p', '{"spec":{"selector":{"tier":"x"}}}', '--dry-run=server'];
      await eventually('a webhook in effect', async () => {
        const judge = await tryKubectl(['patch', `service/${name}`, '-n', namespace, ...edit]);
        assert.ok(judge.stderr.includes(message), judge.stderr);
      });
      for (const args of [[], ['--dry-run=server']]) {
        const stderr = await failed(['pin', name, '1', ...args]);
        assert.ok(stderr.includes(`admission webhook "network.example.com" denied the request: ${message}`), stderr);
      }
    } finally {
      await kubectl(['delete', 'validatingwebhookconfiguration', configuration]);
      webhook.closeAllConnections();
      webhook.close();
    }
  });
});

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request */
interface Review {
  apiVersion: string;
  kind: string;
  request: { uid: string };
}
