/** Puts into words what is wrong with a StatefulSet that is about no pod that exists. */
import { listed, named, whole } from '#src/drawing/sentences.ts';
import { refusalCause } from '#src/drawing/stuckwords.ts';
import { longestLabel, longestSafeName } from '#src/statefulset/namelimits.ts';
import type { Refuser, SetTrouble } from '../model/causes.ts';

/** `the governing Service db is missing: …`, without the name of the pod */
export function setCauseWords(what: SetTrouble): string {
  switch (what.kind) {
    case 'pod refused':
      return `the API server refuses it, ${refusers[what.by]}: ${whole(refusalCause(what.message))}; the controller tries again, after up to 17 minutes`;
    case 'name taken': {
      const who = what.owner === undefined ? 'a pod that nobody controls' : `a pod of ${what.owner}`;
      return what.earlier
        ? `it cannot be created until the pod of an earlier set of this name is gone, which the garbage collector deletes`
        : `it cannot be created: ${who} has its name`;
    }
    case 'label too long':
      return `it cannot be created: a label with the name of the set would have more than ${longestLabel} characters; names of up to ${longestSafeName} always fit`;
    case 'claims do not fit': {
      const then = what.others.length > 0 ? `; so do ${named(what.others)}` : '';
      return `it lacks a volume for claim template${what.templates.length > 1 ? 's' : ''} ${named(what.templates)}, and the controller does nothing until it is deleted${then}`;
    }
    case 'identity does not fit':
      return 'it has a name that the set does not give, and the controller does nothing until it is deleted';
    case 'strategy not enabled':
      return 'the controller does not know the update strategy: a feature gate is off';
    case 'outdated':
      return `with OnDelete, ${named(what.pods)} ${what.pods.length === 1 ? 'stays' : 'stay'} in an older revision until somebody deletes ${what.pods.length === 1 ? 'it' : 'them'}`;
    case 'not observed':
      return 'the controller has not seen the latest change of the set';
    case 'service missing':
      return `the governing Service ${what.service} is missing: the pods have no DNS names, and cannot find each other`;
    case 'other subdomain': {
      const isOne = what.pods.length === 1;
      const names = isOne ? 'name' : 'names';
      return `the governing Service ${what.service} gives ${named(what.pods)} no DNS ${names}: ${isOne ? 'its' : 'their'} subdomain is ${named(what.subdomains)}; ${isOne ? 'it gets its name' : 'they get their names'} at the next restart`;
    }
    case 'service selects no pod':
      return `the governing Service ${what.service} selects no pod of the set: it wants ${labelWords(what.wants)}, and the pods have ${labelWords(what.has)}; they have no DNS names, and cannot find each other`;
  }
}

const refusers: Readonly<Record<Refuser, string>> = {
  quota: 'by a quota',
  'service account': 'because its ServiceAccount is missing',
  'pod security': 'by its Pod Security standard',
  'limit range': 'by a LimitRange',
  admission: 'by an admission rule',
  other: 'and says',
};

/** `app=db, no label tier` */
function labelWords(labels: Readonly<Record<string, string | undefined>>): string {
  return listed(
    ...Object.entries(labels).map(([key, value]) => (value === undefined ? `no label ${key}` : `${key}=${value}`)),
  );
}
