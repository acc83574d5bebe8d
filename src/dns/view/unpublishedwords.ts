/** Why a name is not published, in words. */
import type { Unpublished, Unseen } from '../model/names.ts';
import type { JudgedName } from '../model/verdicts.ts';
import { all } from './listwords.ts';

/** Why a name is not in DNS, or why that is not known; undefined when it is published. */
export function notPublished(
  { subject, unpublished }: JudgedName,
  serviceName: string | undefined,
): string | undefined {
  if (unpublished === undefined) return undefined;
  const unknown = unpublished.kind.endsWith(' unknown');
  return `${unknown ? 'not known' : 'not published'}: ${unpublishedWords(unpublished, subject, serviceName)}`;
}

/** The reason alone. */
export function unpublishedReason({ subject, unpublished }: JudgedName, serviceName: string | undefined): string {
  return unpublished ? unpublishedWords(unpublished, subject, serviceName) : 'it has no address';
}

function unpublishedWords(
  unpublished: Unpublished,
  subject: JudgedName['subject'],
  serviceName: string | undefined,
): string {
  switch (unpublished.kind) {
    case 'no serviceName':
      return 'the set names no Service';
    case 'service missing':
      return `Service ${serviceName} is missing`;
    case 'service unknown':
      return unseen('Services', unpublished.why);
    case 'ExternalName':
      return `Service ${serviceName} is an ExternalName`;
    case 'pod missing':
      return 'there is no such pod';
    case 'pods unknown':
      return unseen('pods', unpublished.why);
    case 'slices unknown':
      return unseen('EndpointSlices', unpublished.why);
    case 'not ready':
      return 'the pod is not ready';
    case 'terminating':
      return 'the pod is terminating';
    case 'no address':
      return `the ${subject.kind === 'pod' ? 'pod' : 'Service'} has no address yet`;
    case 'not selected':
      return "the Service's selector misses the pod";
    case 'other hostname': {
      const { hostname, subdomain } = unpublished;
      const has = (field: string, value: string | undefined, wanted: string | undefined) =>
        value === wanted ? [] : [value ? `the pod's ${field} is ${value}, not ${wanted}` : `the pod has no ${field}`];
      const pod = subject.kind === 'pod' ? subject.pod : undefined;
      return all([...has('hostname', hostname, pod), ...has('subdomain', subdomain, serviceName)]);
    }
    case 'not in a slice':
      return `no EndpointSlice has ${subject.kind === 'pod' ? 'the pod' : 'an address'}`;
    case 'endpoint without hostname':
      return 'its EndpointSlice gives the pod no hostname';
    case 'no endpoints':
      return 'the Service has no ready pod';
  }
}

export function unseen(things: string, why: Unseen): string {
  return why === 'forbidden' ? `${things} may not be read` : `${things} are not given`;
}
