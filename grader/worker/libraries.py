"""Libraries that are not here, by what becomes of an import of them.

The kata allows NumPy and the standard library. This is the one place that says of the others
which only show things, and do nothing here, and which compute, and are the learner's to replace.
"""

SHOWS = frozenset(
    "alive_progress altair antigravity beartype black bokeh colorama colorlog fastprogress "
    "google gradio graphviz holoviews hypothesis icecream idlelib ipykernel IPython ipywidgets "
    "jaxtyping jupyter line_profiler loguru marimo matplotlib matplotlib_inline memory_profiler "
    "mpl_toolkits nbformat nbgrader notebook nptyping numba otter pandas_profiling plotly plotnine "
    "prettytable progressbar pygments pylab pyplot pytest pytest_benchmark rich seaborn "
    "streamlit tabulate tensorboard termcolor termplotlib texttable this tkinter torchinfo "
    "torchsummary torchtyping torchviz tqdm traitlets turtle turtledemo typeguard "
    "typing_extensions wandb".split()
)
"""Those that draw, show progress, test or annotate: what the functions return hangs on none."""
COMPUTES = frozenset(
    "accelerate albumentations autograd bertviz bottleneck catboost causal_conv1d chainer cupy "
    "cv2 cvxpy cython dask datasets deepspeed einops einx equinox evaluate faiss fastai "
    "flash_attn flax functorch gensim gym gymnasium h5py haiku imageio jax jaxlib joblib keras "
    "keras_core keras_nlp librosa lightgbm lightning llvmlite mindspore mlx mpmath mxnet "
    "networkx nltk numexpr nvidia onnx onnxruntime opt_einsum optax optuna paddle pandas peft "
    "PIL polars pyarrow pycuda pytorch_lightning pywt safetensors scipy sentence_transformers "
    "sentencepiece skimage sklearn skorch spacy sparse statsmodels sympy tensorflow "
    "tensorflow_datasets tensorflow_probability tf_keras theano tiktoken timm tinygrad "
    "tokenizers torch torchaudio torchmetrics torchtext torchvision transformers triton xarray "
    "xformers xgboost".split()
)
"""Those that compute."""
FETCHES = frozenset(
    "aiohttp anthropic bs4 gdown httpx huggingface_hub kaggle kagglehub openai requests urllib3 "
    "websockets wget yfinance".split()
)
"""Those that are of no use without a network."""
DEBUGS = frozenset("ipdb pdbpp pudb pydevd debugpy pysnooper remote_pdb web_pdb".split())
"""Those that stop a program for somebody to look at it."""
KINDS = {
    **dict.fromkeys(SHOWS, "shows"),
    **dict.fromkeys(COMPUTES, "computes"),
    **dict.fromkeys(FETCHES, "fetches"),
    **dict.fromkeys(DEBUGS, "debugs"),
}
"""What each of them does."""
READY = frozenset("softmax log_softmax logsumexp Softmax".split())
"""What they have ready of what exercises ask for, wherever it stands."""
READY_IN = frozenset("nn functional special layers linen extmath".split())
"""The parts of them in which everything is such."""
