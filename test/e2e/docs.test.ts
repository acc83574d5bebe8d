/** The command lines of README and docs. What needs nodes that run containers is in test/real/docs.test.ts. */
import { describePages } from './docs/suite.ts';

describePages(false);
