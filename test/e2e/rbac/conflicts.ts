/** Lets each user's first write of a Service meet a conflict, as if somebody else had written in the meantime. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { apply, kubectl } from '../kubectl.ts';
import { authority, localhost, localhostKey } from '../servers/certificates.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request */
interface Review {
  apiVersion: string;
  kind: string;
  request: { uid: string; userInfo: { username: string } };
}

/** @param labels of the Services. @returns what ends it */
export async function meetConflicts(namespace: string, labels: Record<string, string>): Promise<() => Promise<void>> {
  const met = new Set<string>();
  const webhook = createServer({ cert: localhost, key: localhostKey }, async (request, response) => {
    const { apiVersion, kind, request: review } = (await json(request)) as Review;
    const { username } = review.userInfo;
    const status = { code: 409, reason: 'Conflict', message: 'somebody else was faster' };
    const answer = { uid: review.uid, allowed: met.has(username), ...(!met.has(username) && { status }) };
    met.add(username);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ apiVersion, kind, response: answer }));
  });
  await new Promise<void>((listening) => webhook.listen(0, '127.0.0.1', listening));
  const { port } = webhook.address() as AddressInfo;
  const metadata = { name: `${namespace}-conflicts` };
  const hook = {
    name: 'conflicts.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(authority).toString('base64') },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['services'] }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    objectSelector: { matchLabels: labels },
    // Only the users of the test.
    matchConditions: [{ name: 'users', expression: 'request.userInfo.username.startsWith("system:serviceaccount:")' }],
  };
  await apply(namespace, [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata,
      webhooks: [hook],
    },
  ]);
  return async () => {
    await kubectl(['delete', 'validatingwebhookconfiguration', metadata.name]);
    webhook.closeAllConnections();
    webhook.close();
  };
}
