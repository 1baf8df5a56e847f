import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

import type { ExportedFile, ExportFormat, Page, PageRequest, Selection } from './result';

const TARGET = 'tobit.grid';

/** The kernel does not have this result (any more). */
export class Gone extends Error {}

/** The kernel has it, but could not do what was asked. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly hint: string
  ) {
    super(message);
  }
}

interface Answer {
  request?: number;
  page?: Page;
  export?: { name: string; mime: string };
  error?: { message: string; hint?: string };
  gone?: boolean;
  message?: string;
  hint?: string;
}

interface Waiting {
  resolve: (answer: { content: Answer; buffers: BlobPart[] }) => void;
  reject: (reason: Error) => void;
}

/** One result in its kernel. Every question has a number that its answer brings back. */
export class Channel {
  constructor(kernel: Kernel.IKernelConnection, id: string) {
    this._kernel = kernel;
    this._comm = kernel.createComm(TARGET);
    this._comm.onMsg = message => this._receive(message);
    this._comm.onClose = () => this._lose('');
    kernel.statusChanged.connect(this._onStatus, this);
    void this._comm.open({ id });
  }

  /** Emitted once, when the kernel has let go of the result; with the kernel's words for it, if it has any. */
  get lost(): ISignal<this, string> {
    return this._lost;
  }

  get isLost(): boolean {
    return this._gone;
  }

  /** Whether the kernel is at work on something else, so that answers may take a while. */
  get isBusy(): boolean {
    return this._kernel.status === 'busy';
  }

  async page(request: PageRequest): Promise<Page> {
    const { content } = await this._ask({ page: request });
    return content.page as Page;
  }

  async export(format: ExportFormat, selection: Selection): Promise<ExportedFile> {
    const { content, buffers } = await this._ask({ export: { format, ...selection } });
    const { name, mime } = content.export as { name: string; mime: string };
    return { name, mime, bytes: buffers[0] ?? '' };
  }

  dispose(): void {
    this._gone = true;
    this._kernel.statusChanged.disconnect(this._onStatus, this);
    if (!this._comm.isDisposed && !this._kernel.isDisposed && this._kernel.connectionStatus === 'connected') {
      this._comm.close();
    }
    this._fail();
  }

  private _ask(message: object): Promise<{ content: Answer; buffers: BlobPart[] }> {
    return new Promise((resolve, reject) => {
      if (this._gone) {
        reject(new Gone());
        return;
      }
      const request = ++this._requests;
      this._waiting.set(request, { resolve, reject });
      this._comm.send({ ...message, request } as never);
    });
  }

  private _receive(message: KernelMessage.ICommMsgMsg): void {
    const content = message.content.data as unknown as Answer;
    if (content.gone) {
      this._lose([content.message, content.hint].filter(Boolean).join(' '));
      return;
    }
    const waiting = this._waiting.get(content.request ?? 0);
    this._waiting.delete(content.request ?? 0);
    if (content.error) {
      waiting?.reject(new Refusal(content.error.message, content.error.hint ?? ''));
    } else {
      waiting?.resolve({ content, buffers: (message.buffers ?? []) as BlobPart[] });
    }
  }

  private _onStatus(_: unknown, status: Kernel.Status): void {
    if (['restarting', 'autorestarting', 'terminating', 'dead'].includes(status)) {
      this._lose('');
    }
  }

  private _lose(words: string): void {
    if (!this._gone) {
      this._gone = true;
      this._fail();
      this._lost.emit(words);
    }
  }

  private _fail(): void {
    this._waiting.forEach(({ reject }) => reject(new Gone()));
    this._waiting.clear();
  }

  private _kernel: Kernel.IKernelConnection;
  private _comm: Kernel.IComm;
  private _waiting = new Map<number, Waiting>();
  private _requests = 0;
  private _gone = false;
  private _lost = new Signal<this, string>(this);
}
