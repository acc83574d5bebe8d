import { apply } from './kubectl.ts';

/** A warning about a pod, which a test gives in place of its kubelet or of a controller. */
export async function giveWarning(
  namespace: string,
  { name, uid }: { name: string; uid: string },
  reason: string,
  message: string,
): Promise<void> {
  const time = new Date().toISOString().replace(/\.\d+/, '');
  const involvedObject = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid };
  const metadata = { name: `${name}.${reason.toLowerCase()}` };
  const event = { apiVersion: 'v1', kind: 'Event', metadata, type: 'Warning', reason, message, involvedObject };
  await apply(namespace, [{ ...event, firstTimestamp: time, lastTimestamp: time }]);
}
