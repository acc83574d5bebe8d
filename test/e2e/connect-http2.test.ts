import { casesOf, http2Groups } from './connect/cases.ts';
import { describeCases } from './connect/suite.ts';

const shared = casesOf(http2Groups, ({ alone }) => !alone);
describeCases('the plugin connects by HTTP/2 exactly as kubectl does', shared, { atATime: 6, http2: true });
