// src/objects/service.ts
function isEmpty(selector) {
  return Object.keys(selector).length === 0;
}

// src/objects/shape.ts
function parseObject(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return { unreadable: 'it is not JSON' };
  }
  return isRecord(value) ? { object: value } : { unreadable: 'it is not an object' };
}
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// src/statefulset/identity.ts
function ordinalOf(pod) {
  const digits = /-([0-9]+)$/.exec(pod)?.[1];
  const ordinal = digits === void 0 ? -1 : Number(digits);
  return ordinal <= 2147483647 ? ordinal : -1;
}

// src/statefulset/pin.ts
function readRecord(text) {
  const parsed = parseObject(text);
  if ('unreadable' in parsed) return parsed;
  const { selector, pod, owners } = parsed.object;
  if (!isSelector(selector)) return { unreadable: 'its selector is not a map of labels' };
  if (isEmpty(selector)) return { unreadable: 'its selector is empty' };
  if (typeof pod !== 'string' || pod === '') return { unreadable: 'it names no pod' };
  return {
    selector,
    pod,
    ...texts(parsed.object, ['set', 'since', 'user']),
    owners: Array.isArray(owners) ? owners.flatMap(ownerIn) : [],
  };
}
function ownerIn(value) {
  if (!isRecord(value)) return [];
  const { manager, operation, apiVersion } = value;
  if (typeof manager !== 'string' || typeof apiVersion !== 'string') return [];
  if (operation !== 'Apply' && operation !== 'Update') return [];
  return [{ manager, operation, apiVersion, ...texts(value, ['time']) }];
}
function texts(value, names) {
  const found = {};
  for (const name of names) {
    const text = value[name];
    if (typeof text === 'string') found[name] = text;
  }
  return found;
}
function isSelector(value) {
  return isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
}

// src/statefulset/roll-record.ts
function readRoll(text) {
  const parsed = parseObject(text);
  if ('unreadable' in parsed) return parsed;
  const { id, set, settings, ways, steps } = parsed.object;
  if (typeof id !== 'string' || id === '') return { unreadable: 'it has no id' };
  if (!isRecord(set) || typeof set['uid'] !== 'string' || typeof set['generation'] !== 'number') {
    return { unreadable: 'it does not say of which set it is' };
  }
  const known = settingsIn(settings);
  const asked = waysIn(ways);
  if (known === void 0 || asked === void 0) return { unreadable: 'its settings are not all there' };
  if (!Array.isArray(steps) || steps.length === 0) return { unreadable: 'it has no steps' };
  const all = steps.map(stepIn);
  const read = all.filter((each) => each !== void 0);
  if (read.length < all.length) return { unreadable: `its step ${all.indexOf(void 0) + 1} is not all there` };
  if (new Set(read.map(({ pod }) => pod)).size < read.length) return { unreadable: 'a pod is in it twice' };
  const { uid, generation } = set;
  return { id, set: { uid, generation }, settings: known, ways: asked, steps: read };
}
var numbers = ['maxUnavailable', 'timeout', 'deadline', 'stable'];
var switches = ['confirm', 'preCheck', 'check', 'waitDns'];
function settingsIn(value) {
  if (!isRecord(value)) return void 0;
  const isWhole = numbers.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 0);
  const isSet = switches.every((name) => typeof value[name] === 'boolean');
  if (!isWhole || !isSet || Number(value['maxUnavailable']) < 1) return void 0;
  const read = [...numbers, ...switches].map((name) => [name, value[name]]);
  return Object.fromEntries(read);
}
function waysIn(value) {
  if (!isRecord(value)) return void 0;
  const { evicts, checkTimeout } = value;
  if (typeof evicts !== 'boolean' || !(Number(checkTimeout) >= 0)) return void 0;
  const text = (name) => (typeof value[name] === 'string' ? value[name] : void 0);
  return {
    evicts,
    preCheck: text('preCheck'),
    check: text('check'),
    container: text('container'),
    checkTimeout: Number(checkTimeout),
  };
}
var progresses = ['waits', 'gone', 'done'];
function stepIn(value) {
  if (!isRecord(value)) return void 0;
  const { pod, uid, held, progress = 'waits' } = value;
  if (typeof pod !== 'string' || ordinalOf(pod) < 0 || typeof uid !== 'string' || uid === '') return void 0;
  if (typeof progress !== 'string' || !progresses.includes(progress)) return void 0;
  const step = { pod, uid, progress };
  if (held === void 0) return step;
  if (!Array.isArray(held)) return void 0;
  const claims = held.flatMap(heldIn);
  return claims.length < held.length ? void 0 : { ...step, held: claims };
}
function heldIn(value) {
  if (!isRecord(value) || typeof value['claim'] !== 'string') return [];
  const { claim, uid, volume } = value;
  return [{ claim, uid: typeof uid === 'string' ? uid : void 0, volume: typeof volume === 'string' ? volume : void 0 }];
}

export { readRecord, readRoll };
