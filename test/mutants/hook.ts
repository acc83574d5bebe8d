/** Put before the tests by `--import`: one source is loaded with the fault that KUBECTL_STS_MUTATION describes. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../runner/files.ts';
import { type Mutation, mutated } from './mutations.ts';

const mutation = JSON.parse(process.env['KUBECTL_STS_MUTATION'] ?? '{}') as Mutation;
const target = pathToFileURL(join(checkout, mutation.file)).href;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== target) return loaded;
    return { ...loaded, source: mutated(String(loaded.source), mutation) };
  },
});
