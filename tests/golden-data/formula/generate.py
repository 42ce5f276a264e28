"""Writes cases of golden/README.md's format with operations, attributes, losses and optimizers that the PyTorch cases lack.

Expected values come from the formulas of golden/reference (np_interp.py, np_optim.py) in long double, gradients from
central differences with two steps of Richardson's extrapolation (about 1e-13).

    python3 generate.py REFERENCE_FOLDER OUTPUT_FOLDER
"""
import sys, json
sys.path.insert(0, sys.argv[1])
import numpy as np, np_interp as I, np_optim as O
LD=np.longdouble
def J(a,dtype=None,**kw):
    a=np.asarray(a)
    d={'shape':list(a.shape),'data':[ (int(v) if dtype else float(v)) for v in a.ravel()]}
    if dtype: d['dtype']=dtype
    d.update(kw); return d
def lossval(loss, env):
    if loss['kind']=='weighted_sum':
        return sum(t.get('weight',1)*lossval(t,env) for t in loss['terms'])
    return I.LOSS[loss['kind']]([env[i] for i in loss['inputs']], loss.get('reduction','mean'), dict(loss.get('attrs',{})))
def case(name, graph, params, inputs, targets, loss, outputs, training=(), frozen=(), nograd=(), family='extra', tol=None):
    g=[]
    for n in graph:
        d={'id':n[0],'op':n[1],'inputs':n[2]}
        if len(n)>3 and n[3]: d['attrs']=n[3]
        if len(n)>4: d['outputs']=n[4]
        g.append(d)
    ints=lambda a: np.issubdtype(np.asarray(a).dtype,np.integer)
    def ev(P,In,Tg):
        env={}
        for d in (P,In,Tg):
            for k,v in d.items(): env[k]=np.asarray(v) if ints(v) else np.asarray(v,LD)
        env,_=I.run(g,env,{})
        return env, lossval(loss,env)
    def grads(which,P,In,Tg):
        out={}
        for k in which:
            src=P if k in P else In
            a=np.asarray(src[k],LD); G=np.zeros(a.shape,LD)
            for ix in np.ndindex(*a.shape):
                def f(h):
                    b=a.copy(); b[ix]+=h
                    PP,II=dict(P),dict(In); (PP if k in P else II)[k]=b
                    return ev(PP,II,Tg)[1]
                h=LD(2)**-12
                d=lambda h:(f(h)-f(-h))/(2*h)
                G[ix]=(64*d(h/4)-20*d(h/2)+d(h))/45
            out[k]=G
        return out
    env,L=ev(params,inputs,targets)
    tr=[k for k in params if k not in frozen]
    fin=[k for k in inputs if not ints(inputs[k]) and k not in nograd]
    G=grads(tr+fin,params,inputs,targets)
    runs=[]
    for t in training:
        P={k:np.asarray(v,LD) for k,v in params.items()}
        st={k:{} for k in tr}; losses=[];lrs=[];norms=[]; first=None
        o=t['optimizer']; 
        for k in range(t['steps']):
            b=t['batches'][k%len(t['batches'])] if 'batches' in t else (inputs,targets)
            losses.append(ev(P,b[0],b[1])[1]); gr=grads(tr,P,b[0],b[1])
            nt=(t.get('gradClip') or {}).get('normType',2.0)
            norms.append(max(np.abs(x).max() for x in gr.values()) if nt=='inf' else np.sqrt(sum((x*x).sum() for x in gr.values())))
            gr=O.clip(gr,t.get('gradClip'))
            lr=O.lr_at(t.get('schedule'),o.get('lr',0),k); lrs.append(lr)
            for q in tr:
                oo=dict(o); l=lr
                for grp in o.get('groups',[]):
                    if q in grp['params']:
                        oo.update({a:grp[a] for a in ('weightDecay',) if a in grp}); 
                        if 'lr' in grp: l=O.lr_at(t.get('schedule'),grp['lr'],k)
                P[q]=O.step(oo,l,P[q],gr[q],st[q],k+1)
            if k==0: first={q:J(P[q]) for q in tr}
        r={'optimizer':o,'steps':t['steps'],'lossPerStep':[float(x) for x in losses],'lrPerStep':[float(x) for x in lrs],'gradNormPerStep':[float(x) for x in norms],'paramsAfterFirstStep':first,'finalParams':{q:J(P[q]) for q in tr},'sensitivity':1e-13}
        for k in ('schedule','gradClip'):
            if t.get(k): r[k]=t[k]
        if 'batches' in t: r['batches']=[{'inputs':{k:J(v) for k,v in b[0].items()},'targets':{k:J(v,'int64' if ints(v) else None) for k,v in b[1].items()}} for b in t['batches']]
        runs.append(r)
    c={'format':1,'name':name,'family':family,'description':'','tags':[],'graph':g,'outputs':outputs,
       'params':{k:J(v,**({'trainable':False} if k in frozen else {})) for k,v in params.items()},
       'inputs':{k:J(v,'int64' if ints(v) else None,**({'requiresGrad':False} if k in nograd or ints(v) else {})) for k,v in inputs.items()},
       'targets':{k:J(v,'int64' if ints(v) else None) for k,v in targets.items()},'loss':loss,
       'expect':{'outputs':{k:J(env[k]) for k in outputs},'loss':float(L),'grads':{k:J(G[k]) for k in tr},'inputGrads':{k:J(G[k]) for k in fin}},
       'tolerance':tol or {'forward':1e-10,'grad':1e-9,'training':2e-9}}
    if runs: c['training']=runs
    json.dump(c,open(f'{sys.argv[2]}/{name}.json', 'w'))
rs=np.random.RandomState(3)
def R(*s,lo=-2,hi=2): return np.round(rs.uniform(lo,hi,s),4)
def dot(name,graph,inputs,out,params={},**kw):
    # cotangent
    env={k:np.asarray(v) if np.issubdtype(np.asarray(v).dtype,np.integer) else np.asarray(v,LD) for k,v in {**params,**inputs}.items()}
    g=[dict(id=n[0],op=n[1],inputs=n[2],attrs=(n[3] if len(n)>3 else {}) or {},**({'outputs':n[4]} if len(n)>4 else {})) for n in graph]
    y=I.run(g,env,{})[0]
    outs=out if isinstance(out,list) else [out]
    tg={f'ct_{o}':R(*np.shape(y[o])) for o in outs}
    loss={'kind':'dot','reduction':'sum','inputs':[outs[0],f'ct_{outs[0]}']} if len(outs)==1 else {'kind':'weighted_sum','reduction':'none','terms':[{'weight':1.0,'kind':'dot','reduction':'sum','inputs':[o,f'ct_{o}']} for o in outs]}
    case(name,graph,params,inputs,tg,loss,outs,**kw)
U=[('softshrink',{'lambda':0.3}),('hardshrink',{'lambda':0.7}),('tanhshrink',{}),('sign',{}),('erf',{}),('elu',{'alpha':0.7}),('celu',{'alpha':2.0}),('softplus',{'beta':2.5,'threshold':3.0}),('leaky_relu',{'negative_slope':0.2}),('hardtanh',{'min_val':-0.5,'max_val':1.25}),('clamp',{'max':0.3}),('clamp',{'min':-1.0}),('add_scalar',{'value':1.5}),('mul_scalar',{'value':-2.5}),('threshold',{'threshold':-0.2,'value':3.0}),('pow',{'exponent':2.0}),('relu',{}),('gelu',{'approximate':'tanh'})]
for i,(o,a) in enumerate(U): dot(f'u_{o}_{i}',[['y',o,['x'],a]],{'x':R(4,3,2)},'y')
dot('u_log1p',[['y','log1p',['x']]],{'x':R(5,lo=-0.9,hi=3)},'y')
dot('u_pow_neg',[['y','pow',['x'],{'exponent':-2.0}]],{'x':R(5,lo=0.5,hi=3)},'y')
dot('u_pow_25',[['y','pow',['x'],{'exponent':2.5}]],{'x':R(2,3,lo=0.5,hi=3)},'y')
dot('u_pow_4',[['y','pow',['x'],{'exponent':4.0}]],{'x':R(2,3)},'y')
dot('prelu',[['y','prelu',['x','a']]],{'x':R(3,4,2)},'y',{'a':R(4)})
dot('prelu1',[['y','prelu',['x','a']]],{'x':R(3,4)},'y',{'a':R(1)})
dot('glu',[['y','glu',['x'],{'dim':1}]],{'x':R(3,6)},'y')
dot('glu0',[['y','glu',['x'],{'dim':0}]],{'x':R(4,3)},'y')
dot('atan2',[['y','atan2',['a','b']]],{'a':R(3,4),'b':R(3,4)},'y')
dot('pow_tensor',[['y','pow_tensor',['a','b']]],{'a':R(3,4,lo=.3),'b':R(3,1)},'y')
dot('bcast',[['s','mul',['a','b']],['y','div',['s','c']]],{'a':R(3,1,4),'b':R(2,4),'c':R(3,2,1,lo=1,hi=3)},'y')
dot('minmax',[['m','minimum',['a','b']],['y','maximum',['m','c']]],{'a':R(3,4),'b':R(3,4),'c':R(4)},'y')
dot('gt_where',[['c','gt',['a','b']],['y','where',['c','a','b']]],{'a':R(4,4),'b':R(4,4)},'y')
dot('split',[['s','split',['x'],{'sizes':[1,3,2],'dim':1},['p','q','r']],['t','mul',['q','q']]],{'x':R(2,6)},['p','t'])
dot('permute4',[['y','permute',['x'],{'dims':[0,3,1,2]}]],{'x':R(2,3,2,2)},'y')
dot('transpose_neg',[['y','transpose',['x'],{'dim0':-1,'dim1':-2}]],{'x':R(2,3,4)},'y')
dot('reshape_m1',[['y','reshape',['x'],{'shape':[2,-1]}]],{'x':R(2,3,4)},'y')
dot('squeeze',[['u','unsqueeze',['x'],{'dim':-1}],['y','mul',['u','v']]],{'x':R(3,2),'v':R(1,1,4)},'y')
dot('stack0',[['y','stack',['a','b'],{'dim':0}]],{'a':R(3,2),'b':R(3,2)},'y')
dot('stack_neg',[['y','stack',['a','b'],{'dim':-1}]],{'a':R(3,2),'b':R(3,2)},'y')
dot('concat_neg',[['y','concat',['a','b'],{'dim':-1}]],{'a':R(3,2),'b':R(3,4)},'y')
dot('slice_neg',[['y','slice',['x'],{'dim':-1,'start':1,'end':4,'step':2}]],{'x':R(3,5)},'y')
dot('select0',[['y','select',['x'],{'dim':0,'index':1}]],{'x':R(3,5)},'y')
dot('sumall',[['y','sum',['x'],{'keepdim':False}]],{'x':R(3,5)},'y')
dot('sum_keep0',[['y','sum',['x'],{'dims':[0],'keepdim':True}]],{'x':R(3,5)},'y')
dot('mean_multi',[['y','mean',['x'],{'dims':[0,-1],'keepdim':True}]],{'x':R(3,5,2)},'y')
dot('amax_all',[['y','amax',['x'],{'keepdim':False}]],{'x':R(3,5)},'y')
dot('amin_multi',[['y','amin',['x'],{'dims':[1,2],'keepdim':False}]],{'x':R(3,2,2)},'y')
dot('std_last',[['y','std',['x'],{'dims':[-1],'correction':0,'keepdim':False}]],{'x':R(3,5)},'y')
dot('var_all',[['y','var',['x'],{'correction':1,'keepdim':False}]],{'x':R(3,5)},'y')
dot('lse_multi',[['y','logsumexp',['x'],{'dims':[0,2],'keepdim':True}]],{'x':R(3,2,4)},'y')
dot('norm_p15',[['y','norm',['x'],{'p':1.5,'dims':[1],'keepdim':False}]],{'x':R(3,4)},'y')
dot('softmax1',[['y','softmax',['x'],{'dim':1}]],{'x':R(2,3,4)},'y')
dot('softmax0',[['y','softmax',['x'],{'dim':0}]],{'x':R(3,4)},'y')
dot('logsoftmax1',[['y','log_softmax',['x'],{'dim':1}]],{'x':R(2,3,4)},'y')
dot('softmin1',[['y','softmin',['x'],{'dim':-1}]],{'x':R(2,3)},'y')
dot('matmul_bcast',[['y','matmul',['a','b']]],{'a':R(2,1,3,4),'b':R(3,4,2)},'y')
dot('matmul_v',[['y','matmul',['a','v']]],{'a':R(2,3,4)},'y',{'v':R(4)})
dot('matmul_w',[['y','matmul',['x','w']]],{'x':R(5,3)},'y',{'w':R(3,4)})
dot('linear3',[['y','linear',['x','w','b']]],{'x':R(2,3,4)},'y',{'w':R(5,4),'b':R(5)})
dot('linear1',[['y','linear',['x','w']]],{'x':R(4)},'y',{'w':R(5,4)})
dot('ln2',[['y','layer_norm',['x','g','c'],{'normalized_shape':[3,4],'eps':1e-3}]],{'x':R(2,3,4)},'y',{'g':R(3,4),'c':R(3,4)})
dot('ln_plain',[['y','layer_norm',['x'],{'normalized_shape':[4],'eps':1e-5}]],{'x':R(2,3,4)},'y')
dot('tril',[['y','tril',['x'],{'diagonal':0}]],{'x':R(3,3)},'y')
dot('names',[['n','mul',['p','g']],['m','add',['n','s']],['out','tanh',['m']]],{'p':R(3,2),'g':R(3,2)},'out',{'s':R(2)})
dot('names2',[['work','exp',['row']],['loss','sin',['work']],['lr','cos',['loss']],['steps','add',['lr','i']]],{'row':R(3,2),'i':R(3,2)},'steps')
dot('names3',[['Over','tanh',['tanh']],['exp','exp',['Over']],['dx','mul',['exp','x']],['x1','add',['dx','x']],['x_2','add',['x1','d_x']]],{'tanh':R(3,2),'x':R(3,2),'d_x':R(3,2)},'x_2')
dot('const_out',[['y','add',['x','w']]],{'x':R(3,2)},['x','y'],{'w':R(2)}) 
# losses
def ls(name,kind,inputs,targets,red='mean',attrs=None,graph=None):
    loss={'kind':kind,'reduction':red,'inputs':list(inputs)+list(targets)}
    if attrs: loss['attrs']=attrs
    case(name,[[f'o_{k}','identity',[k]] for k in inputs],{},inputs,targets,{**loss,'inputs':[f'o_{k}' for k in inputs]+list(targets)},[f'o_{k}' for k in inputs])
T=lambda n,c: rs.randint(0,c,n)
ls('ce_smooth_w','cross_entropy',{'y':R(5,4)},{'t':T(5,4),'w':R(4,lo=.2,hi=2)},'mean',{'label_smoothing':0.2})
ls('ce_smooth_ign','cross_entropy',{'y':R(6,4)},{'t':np.array([1,-100,2,3,0,-100])},'mean',{'label_smoothing':0.1})
ls('ce_ign_w_sum','cross_entropy',{'y':R(6,4)},{'t':T(6,4),'w':R(4,lo=.2,hi=2)},'sum',{'ignore_index':2})
ls('ce_spatial','cross_entropy',{'y':R(2,4,3)},{'t':T((2,3),4)},'mean')
ls('ce_spatial_w','cross_entropy',{'y':R(2,4,3)},{'t':T((2,3),4),'w':R(4,lo=.2,hi=2)},'mean')
ls('ce_prob_w','cross_entropy',{'y':R(3,4)},{'t':np.abs(R(3,4)),'w':R(4,lo=.2,hi=2)},'mean',{'target':'probabilities','label_smoothing':0.1})
ls('ce_prob_sum','cross_entropy',{'y':R(3,4)},{'t':np.abs(R(3,4))},'sum',{'target':'probabilities'})
ls('nll_w','nll',{'y':R(5,4)},{'t':T(5,4),'w':R(4,lo=.2,hi=2)},'mean')
ls('nll_ign','nll',{'y':R(5,4)},{'t':np.array([0,1,2,1,3])},'mean',{'ignore_index':1})
ls('bce_w','bce',{'p':R(3,4,lo=.05,hi=.95)},{'t':R(3,4,lo=0,hi=1),'w':R(3,4,lo=.1,hi=2)},'mean')
ls('bce_sum','bce',{'p':R(3,4,lo=.05,hi=.95)},{'t':R(3,4,lo=0,hi=1)},'sum')
ls('bcel_pos','bce_with_logits',{'x':R(3,4)},{'t':R(3,4,lo=0,hi=1),'w':R(4,lo=.1,hi=3)},'mean')
ls('bcel_sum','bce_with_logits',{'x':R(3,4)},{'t':R(3,4,lo=0,hi=1)},'sum')
ls('kl_log','kl_div',{'x':R(3,4)},{'t':R(3,4)},'batchmean',{'log_target':True})
ls('kl_mean','kl_div',{'x':R(3,4)},{'t':R(3,4,lo=0.1)},'mean',{'log_target':False})
ls('kl_zero','kl_div',{'x':R(3,4)},{'t':np.where(R(3,4)>0,0.3,0.0)},'sum',{'log_target':False})
ls('triplet_swap','triplet_margin',{'a':R(4,3),'p':R(4,3),'n':R(4,3)},{},'mean',{'margin':2.0,'p':2.0,'swap':True})
ls('triplet_p1','triplet_margin',{'a':R(4,3),'p':R(4,3),'n':R(4,3)},{},'sum',{'margin':1.0,'p':1.0})
ls('triplet_p3','triplet_margin',{'a':R(4,3),'p':R(4,3),'n':R(4,3)},{},'mean',{'margin':3.0,'p':3.0})
ls('cosemb','cosine_embedding',{'u':R(4,3),'v':R(4,3)},{'t':np.array([1.,-1,1,-1])},'sum',{'margin':-0.5})
ls('poisson_full','poisson_nll',{'y':R(3,4)},{'t':np.array([[0.,1,2,3],[4,5,1,0],[2,2,7,1]])},'mean',{'log_input':True,'full':True,'eps':1e-8})
ls('poisson_lin','poisson_nll',{'y':R(3,4,lo=.2,hi=4)},{'t':np.array([[0.,1,2,3],[4,5,1,0],[2,2,7,1]])},'sum',{'log_input':False,'full':False,'eps':1e-6})
ls('smooth_half','smooth_l1',{'y':R(3,4)},{'t':R(3,4)},'sum',{'beta':0.25})
ls('smooth_0','smooth_l1',{'y':R(3,4)},{'t':R(3,4)},'mean',{'beta':0.0})
ls('huber_mean','huber',{'y':R(3,4)},{'t':R(3,4)},'mean',{'delta':0.5})
ls('mse_3d','mse',{'y':R(3,4,2)},{'t':R(3,4,2)},'mean')
ls('mean_loss','mean',{'y':R(3,4)},{},'mean')
ls('mrank','margin_ranking',{'a':R(5),'b':R(5)},{'t':np.array([1.,-1,1,1,-1])},'sum',{'margin':0.0})
ls('klsn','kl_standard_normal',{'mu':R(3,2),'lv':R(3,2)},{},'batchmean')
ls('klsn_sum','kl_standard_normal',{'mu':R(3,2),'lv':R(3,2)},{},'sum')
ls('multi_margin','multi_margin',{'y':R(3,4)},{'t':T(3,4)},'mean',{'margin':1.0,'p':1})
# training
def mlp():
    return ([['a','linear',['x','W1','b1']],['h','tanh',['a']],['y','linear',['h','W2','b2']]],{'W1':R(4,3),'b1':R(4),'W2':R(2,4),'b2':R(2)},{'x':R(3,3)},{'t':R(3,2)})
def train(name,opt,sch=None,clip=None,steps=6,frozen=(),nb=2):
    g,P,In,Tg=mlp(); bs=[({'x':R(3,3)},{'t':R(3,2)}) for _ in range(nb)]
    case('tr_'+name,g,P,In,Tg,{'kind':'mse','reduction':'mean','inputs':['y','t']},['y'],training=[{'optimizer':opt,'schedule':sch,'gradClip':clip,'steps':steps,'batches':bs}],frozen=frozen)
if True:
    train('poly',{'kind':'sgd','lr':0.2},{'kind':'polynomial','totalIters':4,'power':2.0})
    train('warmcos',{'kind':'adam','lr':0.05,'betas':[0.9,0.99],'eps':1e-8},{'kind':'warmup_cosine','warmup':3,'totalSteps':9})
    train('onecyc_lin',{'kind':'sgd','lr':0.1,'momentum':0.9},{'kind':'one_cycle','maxLr':0.2,'totalSteps':8,'pctStart':0.5,'anneal':'linear','divFactor':10.0,'finalDivFactor':50.0},steps=8)
    train('rms_c',{'kind':'rmsprop','lr':0.01,'alpha':0.9,'eps':1e-6,'centered':True,'momentum':0.8})
    train('rms_m_wd',{'kind':'rmsprop','lr':0.01,'alpha':0.9,'eps':1e-6,'momentum':0.8,'weightDecay':0.1})
    train('adagrad',{'kind':'adagrad','lr':0.1,'eps':1e-10,'lrDecay':0.2,'initialAccumulatorValue':0.5,'weightDecay':0.05})
    train('adadelta_wd',{'kind':'adadelta','lr':1.0,'rho':0.8,'eps':1e-5,'weightDecay':0.1})
    train('adamax_wd',{'kind':'adamax','lr':0.02,'betas':[0.8,0.95],'eps':1e-7,'weightDecay':0.1})
    train('nadam_wd',{'kind':'nadam','lr':0.02,'betas':[0.8,0.95],'eps':1e-7,'momentumDecay':0.01,'weightDecay':0.1})
    train('radam_wd',{'kind':'radam','lr':0.02,'betas':[0.8,0.9],'eps':1e-7,'weightDecay':0.1},steps=12)
    train('adamw_ams',{'kind':'adamw','lr':0.02,'betas':[0.8,0.9],'eps':1e-7,'weightDecay':0.1,'amsgrad':True})
    train('sgd_max',{'kind':'sgd','lr':0.02,'maximize':True,'momentum':0.5,'dampening':0.3,'weightDecay':0.1})
    train('adam_max',{'kind':'adam','lr':0.02,'betas':[0.9,0.999],'eps':1e-8,'maximize':True})
    train('clip_inf',{'kind':'sgd','lr':0.1},None,{'kind':'norm','maxNorm':0.1,'normType':'inf'})
    train('clip_loose',{'kind':'lion','lr':0.01,'betas':[0.9,0.99],'weightDecay':0.0},None,{'kind':'norm','maxNorm':100.0,'normType':2.0})
    train('frozen',{'kind':'sgd','lr':0.1,'momentum':0.9,'nesterov':True,'weightDecay':0.01},{'kind':'exponential','gamma':0.8},{'kind':'value','clipValue':0.2},frozen=('W1','b2'))
    train('groups',{'kind':'sgd','lr':0.1,'momentum':0.9,'groups':[{'params':['W1','b2'],'lr':0.05,'weightDecay':0.1},{'params':['b1','W2'],'lr':0.2,'weightDecay':0.0}]},{'kind':'step','stepSize':2,'gamma':0.5},{'kind':'norm','maxNorm':0.3,'normType':2.0})
    train('groups_adam',{'kind':'adam','lr':0.1,'betas':[0.9,0.999],'eps':1e-8,'groups':[{'params':['b1'],'lr':0.05,'weightDecay':0.1},{'params':['W1','W2','b2'],'lr':0.02,'weightDecay':0.3}]})
