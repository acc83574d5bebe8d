/** The command lines of the docs that need nodes which run containers. */
import { describePages } from '../e2e/docs/suite.ts';

describePages(true);
