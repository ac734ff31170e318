/** Lets others have a turn while something long is done. */

/** How long a slice is, in milliseconds: a turn costs about one. */
const sliceMs = 15;

/** Work in slices: ask after each step, and pause where it is time. */
export class Slices {
  #end = performance.now() + sliceMs;

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Resolves when others had their turn; then the next slice begins. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#end = performance.now() + sliceMs;
  }
}
