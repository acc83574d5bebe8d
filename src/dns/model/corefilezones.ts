/**
 * The zones in which CoreDNS serves its own cluster, by its configuration, the Corefile.
 * Sources: https://coredns.io/manual/configuration/, https://coredns.io/plugins/kubernetes/, `ParseStanza` (CoreDNS,
 * plugin/kubernetes/setup.go).
 */

/** A line: its words, and the lines between its braces. */
interface Directive {
  words: string[];
  block: Directive[];
}

export interface KubernetesZones {
  own: string[];
  /** Those of other clusters alone. */
  others: string[];
}

/**
 * The zones of the plugins `kubernetes`, without reverse zones, each once, in the order of the file. A plugin that names
 * no zones has those of its server block. A plugin with `endpoint` or `kubeconfig` serves another cluster, and the zones
 * of `multicluster` belong to several.
 */
export function zonesIn(corefile: string): KubernetesZones {
  const own = new Set<string>();
  const others = new Set<string>();
  for (const { keys, directives } of serverBlocks(directivesIn(corefile))) {
    for (const { words, block } of directives) {
      const [plugin, ...named] = words;
      if (plugin !== 'kubernetes') continue;
      const shared = block.flatMap(({ words: [option, ...rest] }) => (option === 'multicluster' ? rest : []));
      for (const zone of shared.flatMap(normalized)) others.add(zone);
      const target = isOfAnotherCluster(block) ? others : own;
      for (const zone of (named.length > 0 ? named : keys).flatMap(normalized)) {
        if (!shared.flatMap(normalized).includes(zone)) target.add(zone);
      }
    }
  }
  return { own: [...own], others: [...others].filter((zone) => !own.has(zone)) };
}

function isOfAnotherCluster(block: readonly Directive[]): boolean {
  return block.some(({ words: [option] }) => option === 'endpoint' || option === 'kubeconfig');
}

/** A snippet, `(NAME) { … }`, stands for its lines where a server block imports it. */
function serverBlocks(directives: readonly Directive[]): { keys: string[]; directives: Directive[] }[] {
  const snippets = new Map<string, Directive[]>();
  const blocks: { keys: string[]; directives: Directive[] }[] = [];
  for (const [at, { words, block }] of directives.entries()) {
    const [, snippet] = /^\((.+)\)$/.exec(words[0] ?? '') ?? [];
    if (snippet !== undefined) snippets.set(snippet, block);
    // A Corefile of one server block may leave its braces out.
    else if (at === 0 && block.length === 0) return [{ keys: words, directives: directives.slice(1) }];
    else blocks.push({ keys: words, directives: imported(block, snippets) });
  }
  return blocks;
}

/** Snippets may import only those before them, so this ends. */
function imported(block: readonly Directive[], snippets: ReadonlyMap<string, Directive[]>): Directive[] {
  return block.flatMap((directive) => {
    const [word, name = ''] = directive.words;
    return (word === 'import' && snippets.get(name)) || [directive];
  });
}

function directivesIn(corefile: string): Directive[] {
  const root: Directive = { words: [], block: [] };
  const open = [root];
  let continues = false;
  for (const line of corefile.split('\n')) {
    const words = wordsIn(line);
    const block = open.at(-1)?.block ?? [];
    const opens = words.at(-1) === '{';
    const own = opens ? words.slice(0, -1) : words;
    if (own[0] === '}') {
      if (open.length > 1) open.pop();
      continue;
    }
    const last = block.at(-1);
    if (own.length > 0) {
      if (continues) last?.words.push(...own.map(withoutComma));
      else block.push({ words: own.map(withoutComma), block: [] });
    }
    const opened = block.at(-1);
    if (opens && opened) open.push(opened);
    continues = own.at(-1)?.endsWith(',') ?? false;
  }
  return root.block;
}

function wordsIn(line: string): string[] {
  return [...line.replace(/#.*/, '').matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

function withoutComma(word: string): string {
  return word.replace(/,$/, '');
}

/** No zone for a reverse zone, the root, or what only the server's environment tells. */
function normalized(word: string): string[] {
  const zone = word
    .replace(/^dns:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(zone) && !zone.endsWith('.arpa') ? [zone] : [];
}
