/** Groups of flags that commands spread in, with kubectl's names, short forms and meaning. */
import { Flags } from '@oclif/core';

/** How to reach the API server, and as whom. */
export const connectionFlags = {
  namespace: Flags.string({
    char: 'n',
    summary: "The namespace; the context's own unless given.",
    helpGroup: 'GLOBAL',
  }),
  context: Flags.string({ summary: 'The context of the kubeconfig to use.', helpGroup: 'GLOBAL' }),
  kubeconfig: Flags.string({ summary: 'The kubeconfig file to use.', helpGroup: 'GLOBAL' }),
};
