//! The network and its optimizers, of candle's own parts.

use anyhow::{Result, bail};
use candle_core::{DType, Device, Result as CandleResult, Tensor};
use candle_nn::{AdamW, Init, Linear, Module, Optimizer, ParamsAdamW, SGD, VarBuilder, VarMap};

use crate::data::{CLASSES, PIXELS};

const HIDDEN: usize = 100;

/// Dense 100 ReLU → Dense 10.
pub struct Network {
    hidden: Linear,
    output: Linear,
}

impl Network {
    /// A network whose initial weights are drawn as Keras draws them, kept in `variables`.
    pub fn new(variables: &VarMap) -> CandleResult<Self> {
        let builder = VarBuilder::from_varmap(variables, DType::F32, &Device::Cpu);
        Ok(Self {
            hidden: dense(PIXELS, HIDDEN, builder.pp("hidden"))?,
            output: dense(HIDDEN, CLASSES, builder.pp("output"))?,
        })
    }
}

impl Module for Network {
    fn forward(&self, inputs: &Tensor) -> CandleResult<Tensor> {
        self.output.forward(&self.hidden.forward(inputs)?.relu()?)
    }
}

fn dense(inputs: usize, units: usize, builder: VarBuilder) -> CandleResult<Linear> {
    let limit = (6. / (inputs + units) as f64).sqrt();
    let weights = builder.get_with_hints((units, inputs), "weight", Init::Uniform { lo: -limit, up: limit })?;
    let biases = builder.get_with_hints(units, "bias", Init::Const(0.))?;
    Ok(Linear::new(weights, Some(biases)))
}

/// One of candle's optimizers.
pub enum Rule {
    /// Plain gradient descent.
    Sgd(SGD),
    /// Adam: candle has it as AdamW, whose weight decay is 0 here.
    Adam(AdamW),
}

impl Rule {
    /// The optimizer called `name`, at work on `variables`.
    pub fn new(name: &str, variables: &VarMap) -> Result<Self> {
        let variables = variables.all_vars();
        let adam = ParamsAdamW { lr: 0.001, weight_decay: 0., ..ParamsAdamW::default() };
        Ok(match name {
            "sgd" => Self::Sgd(SGD::new(variables, 0.01)?),
            "adam" => Self::Adam(AdamW::new(variables, adam)?),
            _ => bail!("unknown optimizer {name}"),
        })
    }

    /// Gradients of `loss`, and one update.
    pub fn step(&mut self, loss: &Tensor) -> CandleResult<()> {
        match self {
            Self::Sgd(sgd) => sgd.backward_step(loss),
            Self::Adam(adam) => adam.backward_step(loss),
        }
    }
}
