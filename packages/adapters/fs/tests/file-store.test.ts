import { describeFileStoreContract, describeStagingFileStoreContract } from '@markitect/testing';
import { type FolderAccess } from '../src/files/folder.js';
import { FsFileStore } from '../src/files/fs-file-store.js';
import { TemporaryFolder } from './temporary-folder.js';

const open = (access?: FolderAccess) => async () => {
  const folder = await TemporaryFolder.create();
  return {
    store: new FsFileStore({ root: folder.at('a/root') }, access === undefined ? {} : { access }),
    close: () => folder.remove(),
  };
};

describeFileStoreContract('FsFileStore', open());
describeStagingFileStoreContract('FsFileStore', open());
// What other systems than Linux get.
describeFileStoreContract('FsFileStore by paths', open('paths'));
describeStagingFileStoreContract('FsFileStore by paths', open('paths'));
