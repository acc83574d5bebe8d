import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { type Report, reportTo } from '../../packaging/progress.ts';
import { build } from './build.ts';
import { inTurn, isMinor, minors, newest, older, parseGates, today } from './kubernetes.ts';
import { testModules } from './modules.ts';
import { entering } from './real/namespaces.ts';
import { down, type Stand, status, sweep, type UpOptions, up, wrongName, wrongNodes } from './stand.ts';

const usage = `A real Kubernetes control plane with fake nodes, or two real ones, for tests and the demo.

  npm run stand -- up [--name N] [--nodes 3]   build what is missing, start it, say how to use it
  npm run stand -- up --kubernetes 1.34        an older one: ${minors.join(', ')} (default ${newest})
  npm run stand -- up --gates NAME=true,…      with these feature gates, for every component of the control plane
  npm run stand -- up --real [--name N]        with two nodes that run containers (Linux, root)
  npm run stand -- in [--name N] -- COMMAND…   run a command where those nodes are; without one, a shell
  npm run stand -- down [--name N | --all]     end it and remove everything of it
  npm run stand -- build [--all]               build what the tests of today need, or all versions of Kubernetes
  npm run stand -- status                      the stands of this user
  npm run stand -- kubeconfig [--name N]       print the path of its kubeconfig
  npm run stand -- sweep                       take down what killed test runs left behind

The name is 'stand' unless given. See test/stand/README.md.
`;

const commands = ['up', 'in', 'down', 'build', 'status', 'kubeconfig', 'sweep', 'help'] as const;

const report: Report = reportTo(process.stderr);

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parse(argv);
  if (typeof parsed === 'string') {
    process.stderr.write(`error: ${parsed}\n\n${usage}`);
    return 2;
  }
  const { command, name, all, words, ...options } = parsed;
  switch (command) {
    case 'up':
      process.stderr.write(howToUse(await up({ name, ...options }, report)));
      return 0;
    case 'in':
      return runIn(await standUp(name), words);
    case 'down':
      for (const each of all ? (await status()).map((stand) => stand.name) : [name]) await down(each, report);
      return 0;
    case 'build':
      await build(testModules(all ? older : inTurn(today())), report);
      return 0;
    case 'status':
      return showStatus();
    case 'kubeconfig':
      return printKubeconfig(name);
    case 'sweep':
      await sweep(report);
      return 0;
    case 'help':
      process.stdout.write(usage);
      return 0;
  }
}

interface Parsed extends UpOptions {
  command: (typeof commands)[number];
  all: boolean;
  words: string[];
}

/** The command line, or what is wrong with it. */
function parse(argv: readonly string[]): Parsed | string {
  const options = {
    name: { type: 'string', default: 'stand' },
    nodes: { type: 'string' },
    kubernetes: { type: 'string' },
    gates: { type: 'string' },
    real: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const command = values.help ? 'help' : commands.find((one) => one === positionals[0]);
    if (!command) return positionals[0] ? `unknown command ${JSON.stringify(positionals[0])}` : 'no command given';
    const words = positionals.slice(1);
    if (words.length > 0 && command !== 'in' && !values.help) return `unexpected ${JSON.stringify(positionals[1])}`;
    const { name, real, all } = values;
    const cluster = clusterOf(values);
    if (typeof cluster === 'string') return cluster;
    return wrongName(name) ?? { command, name, real, all, words, ...cluster };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The options that describe the cluster, or what is wrong with them. */
function clusterOf(said: {
  nodes?: string;
  kubernetes?: string;
  gates?: string;
}): Pick<UpOptions, 'nodes' | 'kubernetes' | 'gates'> | string {
  const { kubernetes } = said;
  const nodes = said.nodes === undefined ? undefined : Number(said.nodes);
  const gates = said.gates === undefined ? undefined : parseGates(said.gates);
  const wrong = wrongNodes(nodes);
  if (wrong) return wrong;
  if (kubernetes !== undefined && !isMinor(kubernetes)) {
    return `no stand of Kubernetes ${JSON.stringify(kubernetes)}: there are ${minors.join(', ')}`;
  }
  if (typeof gates === 'string') return gates;
  return { ...(nodes !== undefined && { nodes }), ...(kubernetes && { kubernetes }), ...(gates && { gates }) };
}

function howToUse(stand: Stand): string {
  if (stand.first !== undefined) {
    return `
  npm run -s stand -- in --name ${stand.name} -- kubectl get pods -A    # it can be reached from inside alone

  requests are logged in ${stand.auditLog ?? '(no audit log)'}
  end it: npm run stand -- down --name ${stand.name}
`;
  }
  return `
  export KUBECONFIG=${stand.kubeconfig}
  export PATH=${dirname(stand.executables.kubectl)}:$PATH    # this stand's kubectl

  CoreDNS answers at ${stand.coredns.host}:${stand.coredns.port} (UDP and TCP)
  requests are logged in ${stand.auditLog ?? '(no audit log)'}
  end it: npm run stand -- down --name ${stand.name}
`;
}

async function showStatus(): Promise<number> {
  const stands = await status();
  if (stands.length === 0) process.stderr.write('no stand is up\n');
  for (const { name, state, components, stand } of stands) {
    const running = components.map((component) => `${component.name} (${component.pid})`).join(', ') || 'no process';
    const about = stand ? `Kubernetes ${stand.kubernetes}\t${stand.nodes} nodes\t${stand.server}` : running;
    process.stdout.write(`${name}\t${state}\t${about}\n`);
    if (stand) process.stdout.write(`  ${running}\n  ${stand.dir}\n`);
  }
  return 0;
}

async function printKubeconfig(name: string): Promise<number> {
  const { kubeconfig } = await standUp(name);
  process.stdout.write(`${kubeconfig}\n`);
  return 0;
}

async function standUp(name: string): Promise<Stand> {
  const { stand } = (await status()).find((each) => each.name === name) ?? {};
  if (!stand) throw new Error(`the stand ${name} is not up: npm run stand -- up --name ${name}`);
  return stand;
}

/** Runs a command with the stand's kubeconfig and kubectl, in its namespaces where it has some. */
async function runIn({ first, kubeconfig, executables }: Stand, words: readonly string[]): Promise<number> {
  const { PATH, SHELL = 'sh' } = process.env;
  const before = first === undefined ? [] : entering(first, process.cwd());
  const [program = '', ...rest] = [...before, ...(words.length > 0 ? words : [SHELL])];
  const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${dirname(executables.kubectl)}:${PATH ?? ''}` };
  const child = spawn(program, rest, { stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  return 1;
});
