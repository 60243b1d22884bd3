//! How much memory this program may still take, where the system says.

use std::env;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::{Resource, getrlimit};

/// Bytes that may still be taken without pushing anything else out, as the kernel and the control groups around this
/// program see it, and as its own limits (`ulimit -v` and `-d`) leave it; `None` where the system does not tell (any
/// but Linux).
pub fn free_memory() -> Option<u64> {
    free_below(Path::new("/"), own_limits())
}

/// Bytes that this program's own limits leave it; `None` where it has none. They count addresses, and so also what was
/// only set aside: memory that grows by being moved into a place twice as large ends when half of it is used.
pub fn free_addresses() -> Option<u64> {
    left_of_own(Path::new("/"), own_limits()).min()
}

/// The limits on this program's addresses, each with the name of what counts against it.
fn own_limits() -> impl Iterator<Item = (u64, &'static str)> {
    let limits = [(Resource::As, "VmSize:"), (Resource::Data, "VmData:")];
    limits.into_iter().filter_map(|(limit, used)| Some((getrlimit(limit).current?, used)))
}

/// What the C library's allocator is told by: how many arenas it may set up.
const ARENAS: &str = "MALLOC_ARENA_MAX";

/// Where addresses are limited (`ulimit -v`), starts the program anew with one arena for all of its threads: the C
/// library would set aside 64 MB of addresses for each of them, and what is left would end long before memory does.
///
/// # Errors
/// When the program cannot be started anew; it can go on all the same.
pub fn keep_addresses() -> io::Result<()> {
    if getrlimit(Resource::As).current.is_none() || env::var_os(ARENAS).is_some() {
        return Ok(());
    }
    let mut arguments = env::args_os();
    let mut anew = Command::new(env::current_exe()?);
    anew.arg0(arguments.next().unwrap_or_default()).args(arguments).env(ARENAS, "1");
    Err(anew.exec())
}

/// As [`free_memory`], with the files that a kernel shows below `root`, and the limits of this program, each with the
/// name of what counts against it.
fn free_below(root: &Path, own: impl Iterator<Item = (u64, &'static str)>) -> Option<u64> {
    let available = kilobytes(&fs::read_to_string(root.join("proc/meminfo")).ok()?, "MemAvailable:");
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let limits = groups.lines().flat_map(|line| left_in_groups(root, line));
    available.into_iter().chain(limits).chain(left_of_own(root, own)).min()
}

/// What is left of each limit of this program.
fn left_of_own(root: &Path, own: impl Iterator<Item = (u64, &'static str)>) -> impl Iterator<Item = u64> {
    let status = fs::read_to_string(root.join("proc/self/status")).unwrap_or_default();
    own.filter_map(move |(limit, used)| Some(limit.saturating_sub(kilobytes(&status, used)?)))
}

/// The value of `field` in the text of `/proc/meminfo` or the like, in bytes.
fn kilobytes(text: &str, field: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(field))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The names of the files that tell of a control group: its limit, what it uses, and in `memory.stat` what of that is
/// a cache of files that can be dropped.
struct Files {
    limit: &'static str,
    used: &'static str,
    cache: &'static str,
}

/// What is left in the group of a line of `/proc/self/cgroup`, and in each group around it.
fn left_in_groups(root: &Path, line: &str) -> Vec<u64> {
    let mut fields = line.splitn(3, ':');
    let (Some(_), Some(controllers), Some(path)) = (fields.next(), fields.next(), fields.next()) else {
        return Vec::new();
    };
    let (mount, files) = if controllers.is_empty() {
        ("sys/fs/cgroup", Files { limit: "memory.max", used: "memory.current", cache: "inactive_file" })
    } else if controllers.split(',').any(|name| name == "memory") {
        let (limit, used) = ("memory.limit_in_bytes", "memory.usage_in_bytes");
        ("sys/fs/cgroup/memory", Files { limit, used, cache: "total_inactive_file" })
    } else {
        return Vec::new();
    };
    // In a container the path may be the host's: the groups that are not there are passed over.
    let groups = Path::new(path.trim_start_matches('/')).ancestors();
    groups.filter_map(|group| left(&root.join(mount).join(group), &files)).collect()
}

/// What is left in one group; `None` where it has no limit.
fn left(group: &Path, files: &Files) -> Option<u64> {
    let number = |name: &str| fs::read_to_string(group.join(name)).ok()?.trim().parse::<u64>().ok();
    let (limit, used) = (number(files.limit)?, number(files.used)?);
    let stat = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let cache = stat.lines().find_map(|line| line.strip_prefix(files.cache)?.trim().parse::<u64>().ok());
    Some(limit.saturating_sub(used.saturating_sub(cache.unwrap_or(0))))
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    const MEMINFO: &str = "MemTotal:       24682000 kB\nMemFree:         500000 kB\nMemAvailable:    8000000 kB\n";

    /// What is free where the kernel shows these files.
    fn free_of(files: &[(&str, &str)]) -> Option<u64> {
        let root = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        free_below(root.path(), [(5_000_000, "VmSize:")].into_iter())
    }

    #[test]
    fn what_the_kernel_has_to_give_is_free() {
        assert_eq!(free_of(&[("proc/meminfo", MEMINFO)]), Some(8_192_000_000));
        assert_eq!(free_of(&[]), None);
        assert_eq!(free_of(&[("proc/meminfo", "MemTotal: 1 kB\n")]), None);
    }

    #[test]
    fn the_programs_own_limit_counts() {
        let status = ("proc/self/status", "Name:\toptirace\nVmSize:\t    1000 kB\n");
        assert_eq!(free_of(&[("proc/meminfo", MEMINFO), status]), Some(5_000_000 - 1_024_000));
    }

    #[test]
    fn the_tightest_group_counts_and_its_cache_can_be_dropped() {
        let two = [
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "0::/a/b\n"),
            ("sys/fs/cgroup/a/b/memory.max", "max\n"),
            ("sys/fs/cgroup/a/b/memory.current", "70000\n"),
            ("sys/fs/cgroup/a/memory.max", "1000000\n"),
            ("sys/fs/cgroup/a/memory.current", "300000\n"),
            ("sys/fs/cgroup/a/memory.stat", "anon 200000\ninactive_file 100000\nactive_file 0\n"),
        ];
        assert_eq!(free_of(&two), Some(800_000));
        let one = [
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "5:cpu,cpuacct:/c\n4:memory:/host/path\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "500\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "600\n"),
        ];
        assert_eq!(free_of(&one), Some(0), "in a container, whose own path is not the host's");
    }
}
