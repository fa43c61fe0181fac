//! What a shell and `man` want to know of the command line: both are made from the commands themselves.

use std::path::PathBuf;

use anyhow::Context as _;
use clap_complete::Shell;

use super::exit::Exit;
use super::screen::Screen;

/// `lexi completions`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples, each for one user:
  lexi completions bash > ~/.local/share/bash-completion/completions/lexi
  lexi completions zsh > ~/.zfunc/_lexi          with fpath+=~/.zfunc before compinit in ~/.zshrc
  lexi completions fish > ~/.config/fish/completions/lexi.fish")]
pub(super) struct Completions {
    /// Which shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// `lexi man`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  lexi man | man -l -                            reads it here
  lexi man --out /usr/local/share/man/man1       then: man lexi, man lexi-serve, man lexi-tasks-approve")]
pub(super) struct Man {
    /// Write the pages of all commands into this folder, made when missing.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,
}

/// Runs `lexi completions`.
pub(super) fn completions(args: &Completions, mut command: clap::Command) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "lexi", &mut script);
    Screen::stdout().print(String::from_utf8(script)?.trim_end())?;
    Ok(Exit::Done)
}

/// Runs `lexi man`.
pub(super) fn man(args: &Man, command: clap::Command) -> anyhow::Result<Exit> {
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command.disable_help_subcommand(true)).render(&mut page)?;
        Screen::stdout().print(String::from_utf8(page)?.trim_end())?;
        return Ok(Exit::Done);
    };
    let told = || format!("The pages can't be written into {}", folder.display());
    std::fs::create_dir_all(folder).with_context(told)?;
    clap_mangen::generate_to(command, folder).with_context(told)?;
    eprintln!("The pages stand in {}.", folder.display());
    Ok(Exit::Done)
}
