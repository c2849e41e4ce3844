/** What may be there already. Who has it at hand returns it as it is: most requests are then answered within one turn. */
export type Soon<T> = T | Promise<T>;

/** Goes on with a value, at once where it is there. Where it is, what `use` throws is thrown here and now. */
export function whenThere<A, B>(value: Soon<A>, use: (value: A) => Soon<B>): Soon<B> {
  return value instanceof Promise ? value.then(use) : use(value);
}
