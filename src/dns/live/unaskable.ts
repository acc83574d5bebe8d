import { Failure } from '#src/objects/failure.ts';

/** No DNS server can be asked in this way. */
export class Unaskable extends Failure {
  override readonly name = 'Unaskable';

  override lines(): readonly string[] {
    return [`error: ${this.message}`];
  }
}
