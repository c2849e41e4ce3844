/** Whether somebody still waits for work. Its signal is made when it is asked for first: hardly any read needs one. */
export class Abandonment {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abandon(reason: Error): void {
    this.#reason ??= reason;
    this.#controller?.abort(reason);
  }
}
