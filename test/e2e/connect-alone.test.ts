import { casesOf, groups } from './connect/cases.ts';
import { describeCases } from './connect/suite.ts';

const alone = casesOf(groups, (one) => one.alone === true);
describeCases('the plugin connects exactly as kubectl does, in namespaces that anybody may ask for', alone, {
  atATime: 1,
});
