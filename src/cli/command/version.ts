import { Command } from '@oclif/core';

export default class Version extends Command {
  static override readonly summary = 'Print the version of the plugin and of what it runs on.';
  static override readonly examples = ['<%= config.bin %> version'];

  async run(): Promise<void> {
    await this.parse(Version);
    const { bun, node } = process.versions;
    const runtime = bun === undefined ? `node ${node}` : `bun ${bun}`;
    this.log(`kubectl-sts ${this.config.version} ${process.platform}/${process.arch} ${runtime}`);
  }
}
