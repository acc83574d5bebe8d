/** Which Secret or ConfigMap a pod lacks, by the words of its kubelet. */
import type { PodVolume } from '#src/objects/types.ts';
import type { MissingObject } from './causes.ts';

/**
 * `secret "db" not found`, `couldn't find key password in Secret shop/db`
 *
 * @param volumes of the pod
 */
export function missingObject(message: string, volumes: readonly PodVolume[] = []): MissingObject | undefined {
  const [, key, keyKind, keyName] = /find key (\S+) in (Secret|ConfigMap) (?:[^/\s]+\/)?([^\s"]+)/i.exec(message) ?? [];
  if (keyName !== undefined) return { kind: kindOf(keyKind), name: keyName, key };
  const [, kind, name] = /\b(secret|configmap) "(?:[^"/]+\/)?([^"]+)" not found/i.exec(message) ?? [];
  if (name !== undefined) return { kind: kindOf(kind), name, key: undefined };
  return missingKeyOfVolume(message, volumes);
}

/**
 * `MountVolume.SetUp failed for volume "conf" : references non-existent secret key: password`: only the volume tells of
 * which object. Source: `MakePayload`, pkg/volume/secret/secret.go and pkg/volume/configmap/configmap.go.
 */
function missingKeyOfVolume(message: string, volumes: readonly PodVolume[]): MissingObject | undefined {
  const [, word, key] = /references non-existent (secret|config) key: (\S+)/.exec(message) ?? [];
  const [, volume] = /for volume "([^"]+)"/.exec(message) ?? [];
  if (key === undefined) return undefined;
  const kind = kindOf(word);
  const sources = volumes.filter(({ name }) => name === volume).flatMap(sourcesOf);
  const [source, ...others] = sources.filter((each) => each.kind === kind && each.keys.includes(key));
  return source?.name === undefined || others.length > 0 ? undefined : { kind, name: source.name, key };
}

interface Source {
  kind: MissingObject['kind'];
  name: string | undefined;
  keys: readonly string[];
}

function sourcesOf({ secret, configMap, projected }: PodVolume): Source[] {
  const own = { secret: secret && { name: secret.secretName, items: secret.items }, configMap };
  return [own, ...(projected?.sources ?? [])].flatMap((each) => [
    ...(each.secret ? [sourceOf('Secret', each.secret)] : []),
    ...(each.configMap ? [sourceOf('ConfigMap', each.configMap)] : []),
  ]);
}

function sourceOf(
  kind: Source['kind'],
  { name, items = [] }: { name?: string | undefined; items?: readonly { key: string }[] | undefined },
): Source {
  return { kind, name, keys: items.map(({ key }) => key) };
}

function kindOf(word = ''): MissingObject['kind'] {
  return word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
}
