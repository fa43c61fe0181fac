/*
 * A disk that loses power, fills up, turns read-only, fails or is slow: preloaded into `lexi` by the tests (LD_PRELOAD).
 *
 * `kill -9` alone can't show a missing fsync, because the page cache outlives the process. This library watches every
 * file below one folder. Before each write it notes what was there and what is written, in a journal outside that
 * folder; an fsync or fdatasync of the file empties its journal. After the kill the test reads the journals and makes
 * each file what a disk may hold that lost power: what was synced, and any part of what was written since
 * (`tests/api/support/disk.rs`). Nothing is really synced here: that is faster, and the journal is stricter.
 *
 *   LEXI_DISK_FOLDER   the folder that is watched, without symbolic links
 *   LEXI_DISK_STATE    another folder: `control` is read from it, and the journals `INODE.journal` are kept in it
 *
 * `control` holds four little-endian numbers of 64 bits, read anew at every call, so that a test can change its mind:
 *   0  fault: 0 none, 1 no write finds room, 2 no room beyond number 2, 3 read-only, 4 writes fail, 5 syncs fail
 *   1  milliseconds that each sync takes
 *   2  bytes by which files may still grow; counted down while the fault is 2
 *   3  counted up by every sync that went well, so that a test knows that this library is at work
 *
 * A journal is a row of records (struct record), each followed by `kept` bytes that were there and `length` bytes that
 * were written. A file that was made is gone after the loss until it was synced once; renaming and removing are taken
 * to reach the disk at once, and the folder need not be synced. Memory maps are not watched: SQLite's -shm file, which
 * is rebuilt from the log, is simply removed by the test. Nothing is known of other processes: while one is watched, and
 * until its journals are done with, no other may write to the same files or sync them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 4096
#define FDS_MAX 65536
#define CHUNK 65536

enum { NO_FAULT, NO_ROOM, LITTLE_ROOM, READ_ONLY, WRITES_FAIL, SYNCS_FAIL };
enum { FAULT, SYNC_MS, ROOM, SYNCS };
enum { WRITTEN = 1, TRUNCATED = 2, MADE = 3 };

struct record {
    uint64_t kind;
    uint64_t offset;   /* where it was written; for TRUNCATED the new size */
    uint64_t old_size; /* of the file, before */
    uint64_t kept;     /* bytes that were there, from `offset` on */
    uint64_t length;   /* bytes that were written */
};

struct file {
    dev_t dev;
    ino_t ino;
    int journal;
};

static struct file files[FILES_MAX];
static int file_count;
/* The file behind a descriptor, plus one. A guess, compared with the inode before it is used. */
static int file_of_fd[FDS_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char folder[4096], state[4096];
static size_t folder_length;
static volatile uint64_t *control;

static int sys_open(const char *path, int flags, mode_t mode) {
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void broken(const char *what) {
    dprintf(2, "shim: %s: %s\n", what, strerror(errno));
    abort();
}

static void begin(void) {
    const char *watched = getenv("LEXI_DISK_FOLDER"), *kept = getenv("LEXI_DISK_STATE");
    if (!watched || !kept) return;
    snprintf(folder, sizeof folder, "%s/", watched);
    snprintf(state, sizeof state, "%s", kept);
    char path[4200];
    snprintf(path, sizeof path, "%s/control", state);
    int fd = sys_open(path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) broken(path);
    control = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (control == MAP_FAILED) broken("control");
    syscall(SYS_close, fd);
    folder_length = strlen(folder);
}

static int watching(void) {
    pthread_once(&once, begin);
    return folder_length > 0;
}

static uint64_t told(int what) { return __atomic_load_n(&control[what], __ATOMIC_SEQ_CST); }

/* Whether a path, as the program names it, is below the folder. */
static int is_below(const char *path) { return path && strncmp(path, folder, folder_length) == 0; }

/* The watched file behind a descriptor, or none. */
static struct file *file_of(int fd) {
    struct stat now;
    if (!watching() || fd < 0 || fd >= FDS_MAX) return NULL;
    int known = __atomic_load_n(&file_of_fd[fd], __ATOMIC_ACQUIRE);
    if (!known || fstat(fd, &now) != 0) return NULL;
    struct file *file = &files[known - 1];
    return file->ino == now.st_ino && file->dev == now.st_dev ? file : NULL;
}

static void put(int journal, const void *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = syscall(SYS_write, journal, bytes, length);
        if (n <= 0) broken("journal");
        bytes = (const char *)bytes + n;
        length -= (size_t)n;
    }
}

/* Copies what the file holds from `offset` on into its journal. */
static void keep(int journal, int fd, uint64_t offset, uint64_t length) {
    char chunk[CHUNK];
    while (length > 0) {
        size_t most = length < CHUNK ? length : CHUNK;
        ssize_t n = syscall(SYS_pread64, fd, chunk, most, offset);
        if (n <= 0) broken("what is there");
        put(journal, chunk, (size_t)n);
        offset += (uint64_t)n;
        length -= (uint64_t)n;
    }
}

static uint64_t size_of(int fd) {
    struct stat now;
    if (fstat(fd, &now) != 0) broken("size");
    return (uint64_t)now.st_size;
}

/*
 * A descriptor that can be read: the program's own, or another one when that is for writing only. Never another one of a
 * database: closing it would drop every lock the process holds on the file (POSIX locks belong to process and file).
 */
static int readable(int fd) {
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR) return fd;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int reader = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (reader < 0) broken("what is there");
    return reader;
}

/* Notes a write or a change of size before it happens. The lock is held. */
static void note(struct file *file, int fd, uint64_t kind, uint64_t offset, const void *bytes, uint64_t length) {
    uint64_t size = size_of(fd), kept = 0;
    if (kind == TRUNCATED && offset < size) kept = size - offset;
    if (kind == WRITTEN && offset < size) kept = size - offset < length ? size - offset : length;
    struct record record = {kind, offset, size, kept, length};
    put(file->journal, &record, sizeof record);
    if (kept > 0) {
        int reader = readable(fd);
        keep(file->journal, reader, offset, kept);
        if (reader != fd) syscall(SYS_close, reader);
    }
    put(file->journal, bytes, length);
}

/* The file with this inode, known from now on. The lock is held. */
static struct file *know(int fd) {
    struct stat now;
    if (fstat(fd, &now) != 0 || !S_ISREG(now.st_mode)) return NULL;
    for (int at = 0; at < file_count; at++)
        if (files[at].ino == now.st_ino && files[at].dev == now.st_dev) return &files[at];
    if (file_count == FILES_MAX) broken("too many files");
    char path[4200];
    snprintf(path, sizeof path, "%s/%lu.journal", state, (unsigned long)now.st_ino);
    struct file *file = &files[file_count];
    file->journal = sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file->journal < 0) broken(path);
    file->dev = now.st_dev;
    file->ino = now.st_ino;
    file_count++;
    return file;
}

static int is_sqlites_memory(const char *path) {
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

static int watched_open(const char *path, int flags, mode_t mode) {
    if (!watching() || !is_below(path) || is_sqlites_memory(path) || (flags & O_DIRECTORY))
        return sys_open(path, flags, mode);
    int writes = (flags & O_ACCMODE) != O_RDONLY;
    struct stat before;
    int is_new = stat(path, &before) != 0;
    if (writes && told(FAULT) == READ_ONLY) return errno = EROFS, -1;
    if (is_new && (flags & O_CREAT) && told(FAULT) == NO_ROOM) return errno = ENOSPC, -1;
    if (!writes) return sys_open(path, flags, mode);
    pthread_mutex_lock(&lock);
    /* Emptying is a change of its own, which is noted first. */
    int fd = sys_open(path, flags & ~O_TRUNC, mode);
    int failed = errno;
    if (fd >= 0 && fd < FDS_MAX) {
        struct file *file = know(fd);
        if (file && is_new) {
            /* The number of a file that was removed may have been given again. */
            syscall(SYS_ftruncate, file->journal, 0);
            struct record record = {MADE, 0, 0, 0, 0};
            put(file->journal, &record, sizeof record);
        } else if (file && (flags & O_TRUNC)) {
            note(file, fd, TRUNCATED, 0, NULL, 0);
            syscall(SYS_ftruncate, fd, 0);
        }
        __atomic_store_n(&file_of_fd[fd], file ? (int)(file - files) + 1 : 0, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&lock);
    errno = failed;
    return fd;
}

/* The error a change meets that needs room up to `end`, or 0. The lock is held. */
static int fault(int fd, uint64_t end) {
    uint64_t size = size_of(fd), grown = end > size ? end - size : 0;
    switch (told(FAULT)) {
        case NO_ROOM: return ENOSPC;
        case LITTLE_ROOM:
            if (grown > told(ROOM)) return ENOSPC;
            __atomic_sub_fetch(&control[ROOM], grown, __ATOMIC_SEQ_CST);
            return 0;
        case READ_ONLY: return EROFS;
        case WRITES_FAIL: return EIO;
        default: return 0;
    }
}

static ssize_t watched_write(struct file *file, int fd, const void *bytes, size_t length, uint64_t offset) {
    pthread_mutex_lock(&lock);
    ssize_t written = -1;
    int failed = fault(fd, offset + length);
    if (!failed) {
        note(file, fd, WRITTEN, offset, bytes, length);
        written = syscall(SYS_pwrite64, fd, bytes, length, offset);
        failed = errno;
    }
    pthread_mutex_unlock(&lock);
    if (written < 0) errno = failed;
    return written;
}

static int watched_size(struct file *file, int fd, uint64_t size) {
    pthread_mutex_lock(&lock);
    int answer = -1, failed = fault(fd, size);
    /* Giving room back works on a full disk. */
    if (failed == ENOSPC && size <= size_of(fd)) failed = 0;
    if (!failed) {
        note(file, fd, TRUNCATED, size, NULL, 0);
        answer = (int)syscall(SYS_ftruncate, fd, size);
        failed = errno;
    }
    pthread_mutex_unlock(&lock);
    if (answer < 0) errno = failed;
    return answer;
}

static int watched_sync(struct file *file) {
    uint64_t ms = told(SYNC_MS);
    if (ms > 0) {
        struct timespec time = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
        nanosleep(&time, NULL);
    }
    if (told(FAULT) == SYNCS_FAIL) return errno = EIO, -1;
    pthread_mutex_lock(&lock);
    int emptied = (int)syscall(SYS_ftruncate, file->journal, 0);
    pthread_mutex_unlock(&lock);
    if (emptied != 0) broken("journal");
    __atomic_add_fetch(&control[SYNCS], 1, __ATOMIC_SEQ_CST);
    return 0;
}

/* --- what the program calls ---------------------------------------------------------------------------------------- */

static mode_t mode_of(int flags, va_list arguments) {
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? (mode_t)va_arg(arguments, int) : 0;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return watched_open(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return watched_open(path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    if (at == AT_FDCWD || path[0] == '/') return watched_open(path, flags, mode);
    return (int)syscall(SYS_openat, at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    if (at == AT_FDCWD || path[0] == '/') return watched_open(path, flags, mode);
    return (int)syscall(SYS_openat, at, path, flags, mode);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    struct file *file = file_of(fd);
    if (!file) return syscall(SYS_pwrite64, fd, bytes, length, offset);
    return watched_write(file, fd, bytes, length, (uint64_t)offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return pwrite(fd, bytes, length, offset); }

ssize_t write(int fd, const void *bytes, size_t length) {
    struct file *file = file_of(fd);
    if (!file) return syscall(SYS_write, fd, bytes, length);
    off_t at = lseek(fd, 0, (fcntl(fd, F_GETFL) & O_APPEND) ? SEEK_END : SEEK_CUR);
    if (at < 0) return -1;
    ssize_t written = watched_write(file, fd, bytes, length, (uint64_t)at);
    if (written > 0) lseek(fd, at + written, SEEK_SET);
    return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!file_of(fd)) return syscall(SYS_writev, fd, parts, count);
    ssize_t all = 0;
    for (int part = 0; part < count; part++) {
        ssize_t written = write(fd, parts[part].iov_base, parts[part].iov_len);
        if (written < 0) return all > 0 ? all : -1;
        all += written;
        if ((size_t)written < parts[part].iov_len) break;
    }
    return all;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    if (!file_of(fd)) return syscall(SYS_pwritev, fd, parts, count, offset, 0);
    ssize_t all = 0;
    for (int part = 0; part < count; part++) {
        ssize_t written = pwrite(fd, parts[part].iov_base, parts[part].iov_len, offset + all);
        if (written < 0) return all > 0 ? all : -1;
        all += written;
        if ((size_t)written < parts[part].iov_len) break;
    }
    return all;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(fd, parts, count, offset);
}

int ftruncate(int fd, off_t size) {
    struct file *file = file_of(fd);
    return file ? watched_size(file, fd, (uint64_t)size) : (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

/* Making room is playing for more size. */
int posix_fallocate(int fd, off_t offset, off_t length) {
    struct file *file = file_of(fd);
    uint64_t end = (uint64_t)(offset + length);
    if (!file) return syscall(SYS_fallocate, fd, 0, offset, length) == 0 ? 0 : errno;
    if (end <= size_of(fd)) return 0;
    return watched_size(file, fd, end) == 0 ? 0 : errno;
}

int posix_fallocate64(int fd, off64_t offset, off64_t length) { return posix_fallocate(fd, offset, length); }

int fallocate(int fd, int mode, off_t offset, off_t length) {
    if (!file_of(fd)) return (int)syscall(SYS_fallocate, fd, mode, offset, length);
    if (mode != 0) return errno = EOPNOTSUPP, -1;
    return (errno = posix_fallocate(fd, offset, length)) == 0 ? 0 : -1;
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length) { return fallocate(fd, mode, offset, length); }

int fsync(int fd) {
    struct file *file = file_of(fd);
    return file ? watched_sync(file) : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    struct file *file = file_of(fd);
    return file ? watched_sync(file) : (int)syscall(SYS_fdatasync, fd);
}

/* It promises nothing of the file's size and of the disk's own cache. */
int sync_file_range(int fd, off64_t offset, off64_t length, unsigned int flags) {
    return file_of(fd) ? 0 : (int)syscall(SYS_sync_file_range, fd, offset, length, flags);
}

int rename(const char *from, const char *to) {
    if (watching() && is_below(to) && told(FAULT) == READ_ONLY) return errno = EROFS, -1;
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path) {
    if (watching() && is_below(path) && told(FAULT) == READ_ONLY) return errno = EROFS, -1;
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
