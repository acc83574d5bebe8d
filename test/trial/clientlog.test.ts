import assert from 'node:assert/strict';
import { readClientLog } from './clientlog.ts';

const told = 'f products-db-0 7713858211324919829 10.244.1.3';

describe('what the clients note', () => {
  const outcomeOf = (code: number, said: string) =>
    readClientLog(`write fresh 1 1000 1020 ${code} ${said}\n`).writes[0]?.outcome;

  it('is an acknowledged write where the answer is all that was said', () => {
    assert.deepEqual(readClientLog(`write kept 7 1000 1020 0 ${told}\n`).writes, [
      {
        row: 'kept/7',
        outcome: 'acknowledged',
        begun: 1_000,
        ended: 1_020,
        said: told,
        answer: { server: 'products-db-0', follows: false, system: '7713858211324919829', address: '10.244.1.3' },
      },
    ]);
  });

  it('is an open write where a warning came with the answer, or the connection broke', () => {
    for (const [code, said] of [
      [0, `WARNING: canceling wait for synchronous replication due to user request ${told}`],
      [0, ''],
      [1, told],
      [1, ''],
      [2, 'FATAL: terminating connection due to administrator command server closed the connection unexpectedly'],
      [2, 'psql:<stdin>:3: could not receive data from server: Connection timed out'],
      [1, 'WARNING: canceling the wait ERROR: canceling statement'],
    ] as const) {
      assert.equal(outcomeOf(code, said), 'open', said);
    }
  });

  it('is a refused write only where nothing was sent, or the statement itself failed', () => {
    for (const said of [
      'psql: error: connection to server at "products-db-write" (10.96.1.2), port 5432 failed: Connection refused',
      'psql: error: could not translate host name "products-db-write" to address: Name or service not known',
      'ERROR: cannot execute INSERT in a read-only transaction',
    ]) {
      assert.equal(outcomeOf(1, said), 'refused', said);
    }
  });

  it('are reads and probes as well, each with the server that answered', () => {
    const { reads, probes } = readClientLog(
      `read products-db-read 1 5 6 0 t db-1 77 10.0.0.2\nprobe db-0 1 5 6 2 psql: error: gone\n`,
    );
    assert.deepEqual(reads[0]?.answer, { server: 'db-1', follows: true, system: '77', address: '10.0.0.2' });
    assert.deepEqual(probes, [{ pod: 'db-0', begun: 5, ended: 6, said: 'psql: error: gone' }]);
  });

  it('leave out a line that is not whole, and nothing else that is not understood', () => {
    assert.deepEqual(readClientLog('write fresh 1 1000').writes, []);
    assert.throws(() => readClientLog('write fresh 1 1000\n'), /nobody understands: write fresh 1 1000/);
  });
});
