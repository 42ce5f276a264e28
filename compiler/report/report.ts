import { dtypes } from "../emit/dtype.js";
import { memoryBytes } from "../emit/fields.js";
import type { ModulePlan } from "../emit/module.js";
import type { KernelFacts } from "../emit/kernelFacts.js";
import { profileKey, type Profile } from "./profile.js";
import { rowsOf } from "./rows.js";
import { savingsOf, type Savings } from "./savings.js";

/** One kernel: its schedule, and what it costs for all examples of the report. */
interface KernelReport {
  readonly function: string;
  readonly makes: readonly string[];
  readonly form: KernelFacts["form"];
  readonly tile: readonly string[];
  readonly loops: readonly string[];
  readonly sum: readonly string[];
  readonly multiplyAdds: number;
  readonly bytes: number;
  readonly estimatedMicroseconds: number;
  readonly measuredMicroseconds?: number;
}

/** What `--report` prints. */
export interface Report {
  /** Multiply-adds, bytes and times are for so many. */
  readonly examples: number;
  readonly methods: readonly {
    readonly method: string;
    readonly kernels: readonly KernelReport[];
  }[];
  /** Bytes, with room for one example. */
  readonly memory: {
    /** All that `create()` allocates. */
    readonly total: number;
    /** Of them, values that live from one kernel to another: the peak. */
    readonly values: number;
    /** Their lower bound: the largest set of values that are needed at one time. */
    readonly largestLiveSet: number;
  };
  /** Where the model says which parameters are trained: what that saves. */
  readonly savings?: Savings;
}

/**
 * Nanoseconds that a byte of bytecode takes once V8 has optimised it (8 bytes are an arithmetic operation), fitted to
 * profiles of the examples on Node 20: a sum waits for its last addition, tiles of sums do not, and a slice is computed
 * by a function that the bytes do not count.
 */
const nanoseconds = {
  sum: 0.11,
  elementwise: 0.06,
  tiles: 0.03,
  slice: 0.6,
} as const;

function rateOf({ form, sum }: Pick<KernelFacts, "form" | "sum">): number {
  if (form === "tiles" || form === "slice") return nanoseconds[form];
  return sum.length > 0 || form === "steps"
    ? nanoseconds.sum
    : nanoseconds.elementwise;
}

/**
 * @param profile what kernels were measured to take with so many examples
 * @param whole the same model with all trained that is not frozen
 */
export function reportOf(
  plan: ModulePlan,
  examples: number,
  profile: Profile | undefined,
  whole: ModulePlan | undefined,
): Report {
  const { perExample, fixed, least } = plan.memory;
  const { bytes } = dtypes[plan.dtype];
  return {
    examples,
    methods: rowsOf(plan, examples).map(({ method, kernels }) => ({
      method,
      kernels: kernels.map(({ timer, executed, ...k }): KernelReport => {
        const times = k.batched ? examples : 1;
        const measured = profile?.get(profileKey(method, timer));
        return {
          function: k.function,
          makes: k.makes,
          form: k.form,
          tile: k.tile,
          loops: k.loops,
          sum: k.sum,
          multiplyAdds: k.multiplyAdds * times,
          bytes: k.bytes.perExample * examples + k.bytes.fixed,
          estimatedMicroseconds: (executed * times * rateOf(k)) / 1000,
          ...(measured !== undefined && {
            measuredMicroseconds: measured * 1000,
          }),
        };
      }),
    })),
    memory: {
      total: memoryBytes(plan),
      values: bytes * (perExample + fixed),
      largestLiveSet: bytes * least,
    },
    ...(whole !== undefined && { savings: savingsOf(plan, whole, examples) }),
  };
}
