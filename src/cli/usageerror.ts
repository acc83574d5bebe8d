import { Failure } from '#src/objects/failure.ts';

/** The command was asked for something that it cannot do, or not in this way. */
export class UsageError extends Failure {
  override readonly name = 'UsageError';

  override lines(): readonly string[] {
    return [`error: ${this.message}`];
  }
}
