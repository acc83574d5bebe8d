import { Failure } from '#src/objects/failure.ts';

/** The command line asks for something that the command cannot do. */
export class UsageError extends Failure {
  override readonly name = 'UsageError';

  override lines(): readonly string[] {
    return [`error: ${this.message}`];
  }
}
