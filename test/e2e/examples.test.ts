import { describeExamples, describeNodeAgent } from './examples-suite.ts';

describeExamples(30_000);
describeNodeAgent(30_000);
