import type { Kernel } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

/** Where a result's kernel is found; `changed` says to look again. */
export interface KernelSource {
  readonly kernel: Kernel.IKernelConnection | null;
  readonly changed: ISignal<unknown, unknown>;
}

/** What Voila puts on the page: its application, whose widget manager owns the page's kernel connection. */
interface VoilaWindow {
  jupyterapp?: { widgetManagerPromise?: { promise: Promise<{ kernel?: Kernel.IKernelConnection } | undefined> } };
}

/**
 * The kernel of a Voila page.
 *
 * A second connection of our own would answer "unknown target" to the comms that ipywidgets
 * opens from Python and so close them: the page's one connection is used.
 */
export class VoilaKernel implements KernelSource {
  constructor() {
    void this._find();
  }

  get kernel(): Kernel.IKernelConnection | null {
    return this._kernel;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private async _find(): Promise<void> {
    for (let tries = 0; tries < 300 && !this._kernel; tries++) {
      const app = (window as VoilaWindow).jupyterapp;
      if (app) {
        this._kernel = (await app.widgetManagerPromise?.promise)?.kernel ?? null;
        break;
      }
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    this._changed.emit();
  }

  private _kernel: Kernel.IKernelConnection | null = null;
  private _changed = new Signal<this, void>(this);
}
