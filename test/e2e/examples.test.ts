import { describeExamples } from './examples-suite.ts';

describeExamples(30_000);
