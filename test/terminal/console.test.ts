import assert from 'node:assert/strict';
import { takesColour } from '#src/terminal/console.ts';

describe('colour', () => {
  const terminal = { isTTY: true } as NodeJS.WriteStream;
  const pipe = {} as NodeJS.WriteStream;

  it('is for terminals that take it, where nobody minds', () => {
    assert.equal(takesColour(terminal, {}, 'auto'), true);
    assert.equal(takesColour(pipe, {}, 'auto'), false);
    assert.equal(takesColour(terminal, { TERM: 'dumb' }, 'auto'), false);
    assert.equal(takesColour(terminal, { NO_COLOR: '1' }, 'auto'), false);
    assert.equal(takesColour(terminal, { NO_COLOR: '' }, 'auto'), true);
  });

  it('is as a flag says, wherever it goes', () => {
    assert.equal(takesColour(pipe, { NO_COLOR: '1', TERM: 'dumb' }, 'always'), true);
    assert.equal(takesColour(terminal, {}, 'never'), false);
  });
});
