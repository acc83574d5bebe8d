/** What keeps a set from being well that is about no pod that exists: pods that are refused, its Service, its controller. */
import { controllerOf, ownerName } from '#src/objects/owners.ts';
import { isEmpty } from '#src/objects/service.ts';
import type { Pod } from '#src/objects/types.ts';
import { isTerminating } from '#src/statefulset/controller/pods.ts';
import { firstSeen } from '#src/statefulset/events.ts';
import { isOfEarlierSet } from '#src/statefulset/identity.ts';
import { unmetBy } from '#src/statefulset/selectedpods.ts';
import type { Stuck } from '#src/statefulset/stuck.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import type { Refuser, SetTrouble } from './causes.ts';

/** Of the ground on which each sync of the controller ends, or a pod is refused; undefined where a pod is the trouble. */
export function setTrouble(stuck: Stuck, { set }: Topology, pods: readonly Pod[]): SetTrouble | undefined {
  switch (stuck.cause) {
    case 'cannot be created': {
      const [evidence] = stuck.evidence;
      const message = evidence?.kind === 'warning' ? evidence.message : '';
      return { kind: 'pod refused', by: refuserIn(message), message };
    }
    case 'name taken': {
      const taker = pods.find(({ metadata }) => metadata.name === stuck.pod);
      const controller = taker && controllerOf(taker);
      return {
        kind: 'name taken',
        owner: controller && ownerName(controller),
        earlier: taker !== undefined && isOfEarlierSet(set, taker),
      };
    }
    case 'claims do not fit':
      return { kind: 'claims do not fit', templates: stuck.lacks, others: stuck.others };
    case 'label too long':
    case 'identity does not fit':
    case 'strategy not enabled':
      return { kind: stuck.cause };
    case 'does not end':
    case 'broken in an older revision':
    case 'broken in the update revision':
      return undefined;
  }
}

/** The pod that the API server has refused lately, and would be created next. */
export function refusedPod({ warning, rollout }: Topology): RefusedPod | undefined {
  if (warning?.reason !== 'FailedCreate' || !('next' in rollout)) return undefined;
  const { message = '' } = warning;
  const act = rollout.next.find(({ act, pod }) => act === 'create pod' && message.split(/[\s"]/).includes(pod));
  if (act === undefined) return undefined;
  const what = { kind: 'pod refused', by: refuserIn(message), message } as const;
  return { pod: act.pod, since: firstSeen(warning) || undefined, what };
}

interface RefusedPod {
  pod: string;
  since: number | undefined;
  what: SetTrouble;
}

/** Who refuses a pod, by the words of the API server. */
function refuserIn(message: string): Refuser {
  if (/exceeded quota|failed quota/.test(message)) return 'quota';
  if (/serviceaccount ".*" not found|looking up service account/.test(message)) return 'service account';
  if (/violates PodSecurity/.test(message)) return 'pod security';
  if (/(maximum|minimum) .* usage per|LimitRange/.test(message)) return 'limit range';
  if (/admission webhook|denied the request|is forbidden/.test(message)) return 'admission';
  return 'other';
}

/** The governing Service: without one that selects the pods, these have no names, and peers never find each other. */
export function serviceTrouble(topology: Topology): SetTrouble | undefined {
  const { set, governingService, rollout } = topology;
  if (governingService === undefined || rollout.state === 'deleting') return undefined;
  const { name, service } = governingService;
  if (service.state === 'missing') return { kind: 'service missing', service: name };
  if (service.state !== 'found' || isEmpty(service.object.spec?.selector ?? {})) return undefined;
  const wants = unmetBy(service.object, set, undefined);
  if (isEmpty(wants)) return otherSubdomain(topology, name);
  const labels = set.spec?.template?.metadata?.labels;
  const has = Object.fromEntries(Object.keys(wants).map((key) => [key, labels?.[key]]));
  return { kind: 'service selects no pod', service: name, wants, has };
}

/**
 * Pods of an earlier set of the same name, which named another Service: the set has adopted them. The controller gives a
 * pod its subdomain only when it creates it (`initIdentity`, pkg/controller/statefulset/stateful_set_utils.go), and a pod
 * has a name only below the Service that its subdomain names.
 */
function otherSubdomain({ members }: Topology, service: string): SetTrouble | undefined {
  const strange = members.flatMap((member) => {
    if (member.state !== 'found' || !member.wanted || isTerminating(member.pod)) return [];
    const { subdomain } = member.pod.spec ?? {};
    return subdomain && subdomain !== service ? { pod: member.pod.metadata.name, subdomain } : [];
  });
  if (strange.length === 0) return undefined;
  const subdomains = [...new Set(strange.map(({ subdomain }) => subdomain))];
  return { kind: 'other subdomain', service, pods: strange.map(({ pod }) => pod), subdomains };
}
