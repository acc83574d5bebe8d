/** A file cannot be read, or holds no Kubernetes objects. The message names the file. */
import { Failure } from '#src/objects/failure.ts';

export class FileError extends Failure {
  override readonly name = 'FileError';

  override lines(): readonly string[] {
    return [`error: ${this.message}`];
  }
}
