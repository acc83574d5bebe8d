/** The connection between a driver and the API server: requests are late or lost, and so are answers. */
import type { World } from './world.ts';

/** Events that happen at their time, by the world's clock. */
class Due {
  private all: { at: number; run: () => void }[] = [];

  add(at: number, run: () => void): void {
    this.all.push({ at, run });
  }

  run(now: number): void {
    if (!this.all.some(({ at }) => at <= now)) return;
    const due = this.all.filter(({ at }) => at <= now);
    this.all = this.all.filter(({ at }) => at > now);
    for (const { run } of due) run();
  }
}

export class Wire {
  /** Until when nothing arrives, by the world's clock. */
  cutUntil = 0;
  private readonly world: World;
  private readonly slow: { chance: number; most: number; lost: number };
  private readonly requests = new Due();
  private readonly news = new Due();

  /** @param slow the chance that something takes very long, for how many milliseconds it does at most, and the chance that it is lost */
  constructor(world: World, slow: { chance: number; most: number; lost: number }) {
    this.world = world;
    this.slow = slow;
  }

  /** @param hear is told of the answer once, and of undefined where none came */
  send<T>(serve: () => T, hear: (answer: T | undefined) => void): void {
    const { random, now } = this.world;
    const givesUpAt = now + 1_000 + random() * 1_000;
    if (this.isCut() || random() < this.slow.lost) {
      this.news.add(givesUpAt, () => hear(undefined));
      // It may arrive when nobody waits for it any more.
      if (random() < 0.3) this.requests.add(now + random() * this.slow.most, serve);
      return;
    }
    this.requests.add(now + random() * 100, () => {
      const answer = serve();
      const isHeard = random() >= 0.02;
      const kind = random();
      const { chance, most } = this.slow;
      const takes = random() * (kind < chance ? most : kind < 4 * chance ? most / 4 : 100);
      const at = isHeard ? this.world.now + takes : givesUpAt;
      this.news.add(at, () => hear(isHeard && !this.isCut() ? answer : undefined));
    });
  }

  /** Brings news that nobody asked for: later, or not at all. */
  comes(after: number, hear: () => void): void {
    if (after === 0 && !this.isCut()) hear();
    else if (!this.isCut()) this.later(after, hear);
  }

  /** Runs something that needs no connection. */
  later(after: number, run: () => void): void {
    this.news.add(this.world.now + after, run);
  }

  /** The server's side, which carries requests out even if their sender is dead. */
  arrive(): void {
    this.requests.run(this.world.now);
  }

  hear(): void {
    this.news.run(this.world.now);
  }

  private isCut(): boolean {
    return this.world.now < this.cutUntil;
  }
}
