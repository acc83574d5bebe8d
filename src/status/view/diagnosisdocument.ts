/** A diagnosis as a document for programs. docs/output.md describes its shape. Fields are added, never renamed. */
import { type Fields, present } from '#src/drawing/document.ts';
import { formatTime } from '#src/objects/time.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { type Action, actionsFor } from '../model/actions.ts';
import type { Cause } from '../model/causes.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Skipped } from '../model/skipped.ts';
import { actionWords } from './actionwords.ts';
import { causeWords } from './causewords.ts';

export function diagnosisDocument({ topology, causes, skipped, now }: Diagnosis): Fields {
  return {
    causes: causes.map((cause) => ({
      ...causeDocument(cause, now),
      actions: actionsFor(cause, topology).map((action) => actionDocument(action, topology.set)),
    })),
    skipped: skipped.map(({ what, why, right }) => present({ what: skippedNames[what], why: reasons[why], right })),
  };
}

const causeNames: Readonly<Record<Cause['what']['kind'], string>> = {
  crash: 'crash',
  image: 'image',
  'container not created': 'containerNotCreated',
  probe: 'probe',
  unschedulable: 'unschedulable',
  'scheduling gates': 'schedulingGates',
  'readiness gates': 'readinessGates',
  attach: 'attach',
  mount: 'mount',
  sandbox: 'sandbox',
  node: 'node',
  'does not end': 'doesNotEnd',
  claim: 'claim',
  warning: 'warning',
  'pod refused': 'podRefused',
  'name taken': 'nameTaken',
  'label too long': 'labelTooLong',
  'claims do not fit': 'claimsDoNotFit',
  'identity does not fit': 'identityDoesNotFit',
  'strategy not enabled': 'strategyNotEnabled',
  'not ready': 'notReady',
  outdated: 'outdated',
  'not observed': 'notObserved',
  budget: 'budget',
  'service missing': 'serviceMissing',
  'service selects no pod': 'serviceSelectsNoPod',
  'other subdomain': 'otherSubdomain',
};

function causeDocument({ ground, pod, since, what }: Cause, now: number): Fields {
  return present({
    kind: causeNames[what.kind],
    ground,
    pod,
    container: 'container' in what ? what.container : undefined,
    since: since === undefined ? undefined : formatTime(since),
    sentence: causeWords({ ground, pod, since, what }, now),
  });
}

function actionDocument(action: Action, set: StatefulSet): Fields {
  const { kind, command, cost, afterwards } = actionWords(action, set);
  return present({ kind, command, cost: cost || undefined, afterwards });
}

const skippedNames: Readonly<Record<Skipped['what'], string>> = {
  pods: 'pods',
  claims: 'claims',
  volumes: 'volumes',
  classes: 'classes',
  events: 'events',
  nodes: 'nodes',
  services: 'services',
  budgets: 'budgets',
  'volume attachments': 'volumeAttachments',
  'drivers of nodes': 'driversOfNodes',
  'pods of nodes': 'podsOfNodes',
  'managed fields': 'managedFields',
};

const reasons: Readonly<Record<Skipped['why'], string>> = {
  forbidden: 'forbidden',
  'not given': 'notGiven',
  'not read': 'notRead',
};
